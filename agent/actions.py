"""What a person may ask of the station that writes the journal, as a table of plain functions.

The command line and the running agent use the same functions: with no agent the command holds the
lock and calls them itself, else they are called inside the agent by name (agent.control). Each
returns a JSON object, or raises RefusedByRule or Trouble. ``request`` among the arguments is the one
asking's own mark: the last request asked again is answered again and not done again.
"""

from __future__ import annotations

from agent.asking import Action
from agent.counter import announce, handover, suket_actions
from agent.keeping import actions as keeping
from agent.printing import actions as printing
from agent.printing import came_out
from agent.recording import actions as recording
from agent.stock import actions as stock

ACTIONS: dict[str, Action] = {
    "print": printing.print_orders,
    "resolve": printing.resolve,
    "cancel": printing.cancel,
    "looked": printing.looked,
    "verify": came_out.verify,
    "write-off": came_out.write_off,
    "hand-over": handover.hand_over,
    "withheld": handover.withheld,
    "delivered": handover.delivered,
    "announced": announce.announced,
    "suket-issue": suket_actions.issue,
    "suket-told": suket_actions.told,
    "suket-confirm": suket_actions.confirm,
    "suket-void": suket_actions.void,
    "printer-ribbon": keeping.ribbon,
    "printer-cleaned": keeping.cleaned,
    "printer-settings": keeping.settings,
    "printer-test": keeping.ask_test_card,
    "blanks-receive": stock.receive_blanks,
    "blanks-send": stock.send_blanks,
    "blanks-count": stock.count_blanks,
    "blanks-spoil": stock.spoil_blank,
    "blanks-lose": stock.lose_blanks,
    "blanks-void": stock.void_card,
    "blanks-destroy": stock.destroy_blanks,
    "recording-begin": recording.begin,
    "recording-about": recording.about,
    "recording-sealed": recording.sealed,
    "recording-abandon": recording.abandon,
    "ticket-issue": recording.ticket_issue,
    "ticket-call": recording.ticket_call,
    "outreach-begin": recording.outreach_begin,
    "outreach-end": recording.outreach_end,
    "staff-enrolled": recording.staff_enrolled,
    "staff-forgotten": recording.staff_forgotten,
}
