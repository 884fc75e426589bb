"""Requests in the database, SQLite and PostgreSQL: first taker wins, everything is logged, erased means gone."""

import datetime
import multiprocessing
import threading

import pytest
import sqlalchemy as sa

from bot.desk import log
from bot.desk.database import Database, WrongSchema
from bot.desk.models import Card, Telling
from bot.desk.notices import Notices
from bot.desk.requests import NotYours
from bot.desk.states import ENDS, NotPossible, State
from bot.desk.tables import metadata
from tests.support.desk import NUMBER, WORDS, TestedDesk

HOUR = datetime.timedelta(hours=1)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'desk.db'}"
    address = request.getfixturevalue("postgres_url")
    engine = sa.create_engine(address, future=True)
    with engine.begin() as connection:
        metadata.drop_all(connection)
        connection.execute(sa.text("DROP TABLE IF EXISTS desk_version"))
    engine.dispose()
    return address


@pytest.fixture
def desk(url):
    database = Database(url)
    database.upgrade()
    yield TestedDesk(database)
    database.close()


def notices(desk):
    """Return what is to be told now, and have it told."""
    told, queue = [], Notices(desk.database)
    while notice := queue.claim(desk.now):
        told.append((notice.chat.removeprefix("telegram-"), notice.kind))
        queue.done(notice)
    return told


def stored(desk) -> str:
    """Return everything that stands in the tables."""
    with desk.database.reading() as connection:
        return str([connection.execute(sa.select(table)).all() for table in metadata.sorted_tables])


def whats(desk, number):
    return [line.what for line in reversed(log.read(desk.database, number))]


def test_the_schema_is_that_of_the_tables(desk):
    with desk.database.reading() as connection:
        for table in metadata.sorted_tables:
            there = {(c["name"], c["nullable"]) for c in sa.inspect(connection).get_columns(table.name)}
            assert there == {(column.name, column.nullable) for column in table.columns}, table.name


def test_a_database_of_a_newer_version_is_refused_with_a_remedy(desk):
    desk.database.upgrade()
    with desk.database.writing() as connection:
        connection.execute(sa.text("UPDATE desk_version SET version_num = '9999'"))
    with pytest.raises(WrongSchema, match="Update Drom"):
        desk.database.upgrade()


def test_a_request_goes_to_the_mediators_of_the_place_and_language_and_to_no_other(desk):
    maija, _, _ = desk.mediator(), desk.mediator("telegram-b", ["Rīga"]), desk.mediator("telegram-c", languages=["ru"])
    desk.coordinator()
    asked = desk.ask()
    desk.tick()
    assert desk.state(asked.id) is State.OFFERED
    assert notices(desk) == [("maija", Card.NEW)]
    assert desk.requests.offered_to(asked.id) == {maija.id: False}


def test_where_no_mediator_fits_the_coordinators_get_it(desk):
    desk.mediator(places=["Rīga"])
    desk.coordinator()
    asked = desk.ask()
    desk.tick()
    assert desk.state(asked.id) is State.AT_DESK
    assert notices(desk) == [("ilze", Card.NEW)]


def test_where_the_place_is_not_told_the_coordinators_get_it_and_mediators_only_without_them(desk):
    desk.mediator()
    asked = desk.ask(municipality=None)
    desk.tick()
    assert desk.state(asked.id) is State.OFFERED
    desk.coordinator()
    asked = desk.ask("telegram-b", municipality=None)
    desk.tick()
    assert desk.state(asked.id) is State.AT_DESK


def test_the_first_who_takes_it_has_it(desk):
    maija, inta = desk.mediator(), desk.mediator("telegram-inta")
    asked = desk.ask()
    desk.tick()
    notices(desk)
    desk.requests.take(asked.id, inta, desk.now)
    with pytest.raises(NotYours):
        desk.requests.take(asked.id, maija, desk.now)
    assert desk.requests.take(asked.id, inta, desk.now).taker == inta.id  # tapped twice
    assert notices(desk) == [("maija", Card.EDIT), ("inta", Card.EDIT), ("anna", Telling.TAKEN)]
    with pytest.raises(NotYours):
        desk.requests.look(asked.id, maija, desk.now)
    assert desk.requests.look(asked.id, inta, desk.now) == NUMBER
    assert log.read(desk.database, asked.id)[0].what == log.LOOK


def take_at_once(url, number, chats, gate, taken):
    """Take a request from several chats of one process (also run in processes of their own)."""

    def take(chat):
        database = Database(url)
        member = TestedDesk(database).members.by_chat(chat)
        gate.wait(30)
        try:
            TestedDesk(database).requests.take(number, member, TestedDesk(database).now)
            taken.put(member.id)
        except NotPossible:
            taken.put(None)
        database.close()

    threads = [threading.Thread(target=take, args=(chat,)) for chat in chats]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_of_many_who_take_it_at_once_in_several_processes_one_has_it(url, desk):
    spawn = multiprocessing.get_context("spawn")
    chats = [f"telegram-{number}" for number in range(8)]
    for chat in chats:
        desk.mediator(chat)
    asked = desk.ask()
    desk.tick()
    gate, taken = spawn.Barrier(8), spawn.Queue()
    processes = [
        spawn.Process(target=take_at_once, args=(url, asked.id, part, gate, taken)) for part in (chats[:4], chats[4:])
    ]
    for process in processes:
        process.start()
    results = [taken.get(timeout=60) for _ in chats]
    for process in processes:
        process.join()
    winners = [result for result in results if result]
    assert len(winners) == 1
    assert desk.requests.by_id(asked.id).taker == winners[0]
    assert whats(desk, asked.id).count("take") == 1


def test_a_notice_is_sent_by_one_process_and_again_by_the_next_where_that_died(desk):
    desk.mediator()
    desk.ask()
    desk.tick()
    one, other = Notices(desk.database), Notices(desk.database)
    claimed = one.claim(desk.now)
    assert other.claim(desk.now) is None
    later = desk.now + datetime.timedelta(minutes=2)
    assert other.claim(later).id == claimed.id


def test_nobody_takes_it_reminded_passed_on_told(desk):
    desk.mediator()
    desk.coordinator()
    asked = desk.ask()
    states = []
    while desk.state(asked.id) not in ENDS:
        desk.until_due(asked.id)
        states.append(desk.state(asked.id))
    assert states == [State.OFFERED, State.REMINDED, State.AT_DESK, State.TOLD]
    assert notices(desk) == [
        ("maija", Card.NEW),
        ("maija", Card.EDIT),
        ("maija", Card.NEW),
        ("maija", Card.EDIT),
        ("ilze", Card.NEW),
        ("maija", Card.EDIT),
        ("ilze", Card.EDIT),
        ("anna", Telling.TOLD),
        ("anna", Telling.RELEASE),
    ]


def test_declined_by_all_it_is_passed_on_at_once_and_then_told(desk):
    maija, inta, ilze = desk.mediator(), desk.mediator("telegram-inta"), desk.coordinator()
    asked = desk.ask()
    desk.tick()
    desk.requests.decline(asked.id, maija, desk.now)
    assert desk.state(asked.id) is State.OFFERED
    desk.requests.decline(asked.id, inta, desk.now)
    assert desk.state(asked.id) is State.AT_DESK
    desk.requests.decline(asked.id, ilze, desk.now)
    assert desk.state(asked.id) is State.TOLD
    assert ("anna", Telling.TOLD) in notices(desk)


def test_a_taker_who_is_silent_is_reminded_and_then_loses_it(desk):
    maija = desk.mediator()
    desk.coordinator()
    asked = desk.ask()
    desk.tick()
    desk.requests.take(asked.id, maija, desk.now)
    desk.until_due(asked.id)
    assert desk.state(asked.id) is State.LATE
    desk.until_due(asked.id)
    assert (desk.state(asked.id), desk.requests.by_id(asked.id).taker) == (State.AT_DESK, None)
    assert notices(desk)[-2:] == [("ilze", Card.NEW), ("anna", Telling.GIVEN_BACK)]
    with pytest.raises(NotPossible):
        desk.requests.finish(asked.id, maija, desk.now)


def test_a_taker_who_gives_it_back_is_not_asked_again_and_others_are(desk):
    maija, inta = desk.mediator(), desk.mediator("telegram-inta")
    asked = desk.ask()
    desk.tick()
    desk.requests.take(asked.id, maija, desk.now)
    notices(desk)
    desk.requests.give_back(asked.id, maija, desk.now)
    desk.tick()
    assert notices(desk) == [
        ("maija", Card.EDIT), ("inta", Card.EDIT), ("anna", Telling.GIVEN_BACK),
        ("maija", Card.EDIT), ("inta", Card.EDIT), ("inta", Card.NEW),
    ]  # fmt: skip
    desk.requests.take(asked.id, inta, desk.now)


def test_after_a_missed_call_the_person_may_ask_for_another(desk):
    maija = desk.mediator()
    asked = desk.ask()
    desk.tick()
    desk.requests.take(asked.id, maija, desk.now)
    desk.requests.miss(asked.id, maija, desk.now)
    assert ("anna", Telling.NOT_REACHED) in notices(desk)
    desk.requests.try_again(asked.reference, "telegram-anna", desk.now)
    desk.tick()
    assert desk.state(asked.id) is State.OFFERED
    assert NUMBER in stored(desk)


def test_who_never_answers_after_a_missed_call_is_closed_and_nothing_is_kept(desk):
    maija = desk.mediator()
    asked = desk.ask()
    desk.tick()
    desk.requests.take(asked.id, maija, desk.now)
    desk.requests.miss(asked.id, maija, desk.now)
    desk.until_due(asked.id)
    assert desk.state(asked.id) is State.CLOSED
    assert NUMBER not in stored(desk)


@pytest.mark.parametrize("helped", [True, False])
def test_after_it_is_done_the_person_is_asked_whether_help_came(desk, helped):
    maija = desk.mediator()
    asked = desk.ask()
    desk.tick()
    desk.requests.take(asked.id, maija, desk.now)
    desk.requests.finish(asked.id, maija, desk.now)
    assert NUMBER not in stored(desk)
    assert WORDS not in stored(desk)
    desk.until_due(asked.id)
    assert ("anna", Telling.ASK_BACK) in notices(desk)
    closed = desk.requests.answer(asked.reference, "telegram-anna", helped, desk.now)
    assert (closed.state, closed.helped, closed.chat) == (State.CLOSED, helped, None)
    notices(desk)
    assert "telegram-anna" not in stored(desk)


def test_who_wrote_on_the_web_is_not_asked_back(desk):
    maija = desk.mediator()
    asked = desk.ask("web-anna")
    desk.tick()
    desk.requests.take(asked.id, maija, desk.now)
    desk.requests.finish(asked.id, maija, desk.now)
    desk.until_due(asked.id)
    assert desk.state(asked.id) is State.CLOSED
    assert "anna" not in [chat for chat, _ in notices(desk)]


def test_a_person_can_call_it_off_and_nobody_else_can(desk):
    desk.mediator()
    asked = desk.ask()
    desk.tick()
    with pytest.raises(NotPossible):
        desk.requests.cancel(asked.reference, "telegram-other", desk.now)
    desk.requests.cancel(asked.reference, "telegram-anna", desk.now)
    assert desk.state(asked.id) is State.CANCELLED
    assert notices(desk)[-2:] == [("maija", Card.EDIT), ("anna", Telling.RELEASE)]
    assert "telegram-anna" not in stored(desk)


def test_asked_twice_the_newer_request_counts(desk):
    desk.mediator()
    first = desk.ask()
    desk.tick()
    second = desk.ask()
    assert (desk.state(first.id), desk.state(second.id)) == (State.CANCELLED, State.ASKED)


@pytest.mark.parametrize("steps", range(7))
def test_forgetting_erases_the_person_in_every_state(desk, steps, tmp_path):
    maija = desk.mediator(places=())
    asked = desk.ask()
    for step in (
        lambda: desk.tick(),
        lambda: desk.until_due(asked.id),
        lambda: desk.requests.take(asked.id, maija, desk.now),
        lambda: desk.until_due(asked.id),
        lambda: desk.requests.finish(asked.id, maija, desk.now),
        lambda: desk.until_due(asked.id),
    )[:steps]:
        step()
    desk.requests.erase("telegram-anna", desk.now)
    assert desk.state(asked.id) is State.ERASED
    for given in ("anna", NUMBER, WORDS, "Talsu novads", "debts"):
        assert given not in stored(desk)
    if steps:
        assert notices(desk)[-1] == ("maija", Card.EDIT)
    if desk.database.engine.dialect.name == "sqlite":
        content = b"".join(file.read_bytes() for file in tmp_path.glob("desk.db*"))
        assert NUMBER.encode() not in content
        assert b"telegram-anna" not in content
        assert WORDS.encode() not in content


def test_what_a_mediator_had_goes_to_others_when_they_leave(desk):
    maija, _, inta = desk.mediator(), desk.coordinator(), desk.mediator("telegram-inta", ["Rīga"])
    taken, offered, other = desk.ask(), desk.ask("telegram-b"), desk.ask("telegram-c", municipality="Rīga")
    desk.tick()
    desk.requests.take(taken.id, maija, desk.now)
    notices(desk)
    desk.requests.leave(maija, log.PERSON, desk.now)
    desk.tick()
    assert desk.state(taken.id) is desk.state(offered.id) is State.AT_DESK
    assert desk.state(other.id) is State.OFFERED
    assert ("anna", Telling.GIVEN_BACK) in notices(desk)
    assert desk.members.by_chat("telegram-maija") is None
    assert "telegram-maija" not in stored(desk)
    assert desk.members.all() == [desk.members.by_chat("telegram-ilze"), inta]


def test_a_mediator_who_blocked_the_bot_is_passed_over(desk):
    maija = desk.mediator()
    desk.coordinator()
    asked = desk.ask()
    desk.tick()
    desk.requests.can_not_be_told(asked.id, maija, desk.now)
    assert desk.state(asked.id) is State.AT_DESK


def test_after_the_last_day_nothing_is_kept_whatever_happened(desk):
    desk.mediator()
    asked = desk.ask(keep_until=desk.now.date())
    desk.tick()
    desk.tick(13 * HOUR)
    assert desk.state(asked.id) is State.TOLD
    assert NUMBER not in stored(desk)


def test_a_code_lets_one_person_in_and_only_for_a_week(desk):
    from bot.desk.models import Invitation, Role

    code = desk.members.invite(Invitation(Role.MEDIATOR, "Biedrība", ("Rīga",), ("lv",)), desk.now)
    assert code not in stored(desk)
    assert desk.members.join(code.lower(), "telegram-a", "lv", desk.now)
    assert desk.members.join(code, "telegram-b", "lv", desk.now) is None
    late = desk.members.invite(Invitation(Role.MEDIATOR, "Biedrība", ("Rīga",), ("lv",)), desk.now)
    assert desk.members.join(late, "telegram-b", "lv", desk.now + datetime.timedelta(days=8)) is None
