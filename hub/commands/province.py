"""``init``, ``run``, ``join-code`` and ``rebuild``: the hub itself and who may speak to it."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from hub.commands.common import Hub, hub_options, json_option, prose, say

_FILE = click.Path(exists=True, dir_okay=False, resolve_path=True)


@click.command()
@hub_options
@click.option("--ca", type=_FILE, help="For mqtts: who signed the broker's certificate.")
@click.option("--cert", type=_FILE, help="For mqtts: the hub's own certificate; its name is loket-hub.")
@click.option("--key", type=_FILE, help="The key of --cert.")
@click.option("--web-host", help="Where the page is served; at first 127.0.0.1.")
@click.option("--web-port", type=click.IntRange(0, 65535), help="Its port; at first 0, any free one.")
def init(hub: Hub, web_host: str | None, web_port: int | None, **certificates: str | None) -> None:
    """Make the hub's home and keys and its tables, or bring older tables up to date.

    Run again, it keeps the keys, and of the configuration whatever is not told anew.

    \b
    Example:
        loket-hub init --home /var/lib/loket-hub --database postgresql:///loket
    """
    from hub import schema
    from hub.clock import unix_ms
    from hub.database import open_database
    from hub.home import Config, Trouble, check_broker

    told: dict[str, Any] = {
        "database": hub.database,
        "broker": hub.broker,
        "web_host": web_host,
        "web_port": web_port,
        **certificates,
    }
    kept = hub.home.config() if hub.home.config_path.exists() else Config()
    config = replace(kept, **{name: value for name, value in told.items() if value is not None})
    if bool(config.cert) != bool(config.key):
        raise click.UsageError("--cert and --key go together.")
    try:
        check_broker(config.broker)
    except Trouble as error:
        raise click.UsageError(str(error)) from None
    new = hub.home.make(config)
    db = open_database(hub.home.database(config))
    try:
        steps = schema.create(db, unix_ms())
    finally:
        db.close()
    prose(f"{'Made' if new else 'Kept'} the keys at {hub.root}; {steps} steps of the tables done.")
    if not new and steps == len(schema.STEPS):
        prose("These tables are new and empty. Were others lost, put them back from their copy instead.")
    if new:
        prose("Copy its keys/ folder to a safe place: nothing can replace it.")


@click.command()
@hub_options
def run(hub: Hub) -> None:
    """Work in the foreground until told to end.

    Prints one JSON line once it works: {"ready": true, "web": "http://127.0.0.1:…"}.

    \b
    Example:
        loket-hub run --home /var/lib/loket-hub
    """
    import logging
    import secrets

    from hub.clock import unix_ms
    from hub.home import check_broker
    from hub.service import Service

    config = hub.config
    check_broker(config.broker)
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    with hub.home.alone():
        service = Service(hub.home, config, now_ms=unix_ms, epoch=secrets.randbits(63))
        address = service.start()
        try:
            say({"ready": True, "web": address})
        except OSError:  # nobody would know that it runs
            service.stop()
            raise
        orderly = service.wait()
    if not orderly:
        click.get_current_context().exit(1)


@click.command("join-code")
@click.argument("office")
@click.argument("station", type=click.IntRange(1, 99))
@hub_options
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Where to write the file.")
@json_option
def join_code(hub: Hub, office: str, station: int, out: Path | None, as_json: bool) -> None:
    """Write the one-time file that lets STATION of OFFICE join, e.g. 64.11 1.

    Carry it by hand and delete it afterwards; a newer file makes an unused one worthless.

    \b
    Example:
        loket-hub join-code 64.11 1 --home /var/lib/loket-hub
    """
    import secrets

    from domain import regions
    from domain.join import TOKEN_BYTES, JoinFile
    from domain.words import RefusedByRule
    from hub import ingest
    from hub.home import check_broker
    from sync import disk

    if office not in regions.OFFICES:
        raise RefusedByRule("UNKNOWN_OFFICE")
    name = regions.station(office, station)
    check_broker(hub.config.broker)
    keys, token = hub.home.keys(), secrets.token_bytes(TOKEN_BYTES)
    signer, sealer = keys.sign.public().text, keys.open.public().text
    place = out or hub.home.join_path / f"{name}.json"
    text = JoinFile(office, station, signer, sealer, token, hub.config.broker).to_text()
    with hub.opened() as db:
        ingest.invite(db, name, office, token, lambda: disk.put(place, text.encode()))
    if as_json:
        say({"office": office, "station": station, "name": name, "file": str(place)})
    else:
        click.echo(str(place))


@click.command()
@hub_options
@json_option
def rebuild(hub: Hub, as_json: bool) -> None:
    """Forget every table made from the journals and make it again from them.

    \b
    Example:
        loket-hub rebuild --home /var/lib/loket-hub
    """
    from hub.projections import TABLES, Folder

    with hub.opened() as db:
        turns = Folder(db).rebuild()
        (events,) = db.one("SELECT count(*) FROM event") or (0,)
    if as_json:
        say({"events": events, "tables": sorted(TABLES)})
    prose(f"Folded {events} events again in {turns} turns.")
