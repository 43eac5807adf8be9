"""Papers for people, as PDF files: only ever loaded in a command's own process or in a child of the agent."""
