"""Whatever people, mediators and time do, in any order: nothing is stuck, nothing is kept too long, all is logged."""

import datetime
import tempfile
from pathlib import Path

import hypothesis.strategies as st
import sqlalchemy as sa
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bot.desk import log
from bot.desk.database import Database
from bot.desk.models import Promise
from bot.desk.states import ENDS, HELD, NEEDS_WORDS, TRANSITIONS, Event, NotPossible, State
from bot.desk.tables import metadata, notices
from tests.support.desk import NUMBER, TestedDesk

CHATS = ["telegram-anna", "telegram-juris", "web-vera"]
MEMBERS = ["telegram-maija", "telegram-inta", "telegram-ilze"]


class Life(RuleBasedStateMachine):
    """A desk to which anything may happen."""

    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        database = Database(f"sqlite:///{Path(self.folder.name) / 'desk.db'}")
        database.upgrade()
        self.desk = TestedDesk(database)

    def teardown(self):
        self.desk.database.close()
        self.folder.cleanup()

    @rule(chat=st.sampled_from(MEMBERS))
    def join(self, chat):
        self.desk.coordinator(chat) if chat == "telegram-ilze" else self.desk.mediator(chat)

    @rule(chat=st.sampled_from(CHATS), place=st.sampled_from(["Talsu novads", "Rīga", None]))
    def ask(self, chat, place):
        self.desk.ask(chat, municipality=place)

    @rule(
        chat=st.sampled_from(MEMBERS),
        which=st.integers(1, 6),
        what=st.sampled_from(["take", "decline", "finish", "miss", "give_back", "pass_on", "look", "can_not_be_told"]),
    )
    def act(self, chat, which, what):
        member = self.desk.members.by_chat(chat)
        if member and self.desk.requests.by_id(which):
            self.try_to(lambda: getattr(self.desk.requests, what)(which, member, self.desk.now))

    @rule(chat=st.sampled_from(MEMBERS), which=st.integers(1, 6), when=st.sampled_from(Promise))
    def promise(self, chat, which, when):
        member = self.desk.members.by_chat(chat)
        if member and self.desk.requests.by_id(which):
            self.try_to(lambda: self.desk.requests.promise(which, member, when, self.desk.now))

    @rule(chat=st.sampled_from(MEMBERS))
    def leave(self, chat):
        member = self.desk.members.by_chat(chat)
        if member:
            self.desk.requests.leave(member, log.PERSON, self.desk.now)

    @rule(chat=st.sampled_from(CHATS), which=st.integers(1, 6), what=st.sampled_from(["cancel", "try_again", "answer"]))
    def wish(self, chat, which, what):
        request = self.desk.requests.by_id(which)
        more = (True,) if what == "answer" else ()
        if request:
            self.try_to(lambda: getattr(self.desk.requests, what)(request.reference, chat, *more, self.desk.now))

    @rule(hours=st.sampled_from([0, 3, 30, 60, 200]))
    def time_passes(self, hours):
        self.desk.tick(datetime.timedelta(hours=hours))

    @rule(chat=st.sampled_from(CHATS))
    def forget(self, chat):
        self.desk.requests.erase(chat, self.desk.now)
        with self.desk.database.reading() as connection:
            assert chat not in str([connection.execute(sa.select(table)).all() for table in metadata.sorted_tables])

    def try_to(self, act):
        try:
            act()
        except NotPossible:
            pass

    @invariant()
    def everything_has_a_next_step_or_an_end(self):
        for request in self.desk.requests.everything():
            assert (request.due_at is None) == (request.state in ENDS)
            assert (request.taker is not None) or request.state not in HELD

    @invariant()
    def nothing_is_kept_longer_than_it_is_needed(self):
        for request in self.desk.requests.everything():
            if request.state not in NEEDS_WORDS:
                assert (request.need, request.telephone, request.time) == (None, None, None)
            else:
                assert request.telephone == NUMBER
            assert (request.chat is None) == (request.state in ENDS)

    @invariant()
    def every_transition_is_in_the_log(self):
        for request in self.desk.requests.everything():
            moves = [line for line in reversed(log.read(self.desk.database, request.id)) if line.after]
            assert moves[0].what == "ask"
            for before, line in zip(moves, moves[1:]):
                assert before.after == line.before
                assert TRANSITIONS[State(line.before)][Event(line.what)] == line.after
            assert moves[-1].after == request.state

    @invariant()
    def only_who_is_there_is_told(self):
        with self.desk.database.reading() as connection:
            told = {row.chat for row in connection.execute(sa.select(notices.c.chat))}
        assert told <= {*MEMBERS, "telegram-anna", "telegram-juris"}


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
