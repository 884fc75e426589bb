"""The voice: a person's recording first, then what is kept, then a fresh synthesis; never blocking."""

import asyncio
import threading

import pytest

from bot.assistant.messages import Button
from bot.voice.cache import ClipCache
from bot.voice.catalogue import catalogue_of_today
from bot.voice.codec import encode_opus, facts
from bot.voice.counts import ListeningCounts
from bot.voice.errors import SpeakingFailed
from bot.voice.importing import take_recordings
from bot.voice.recordings import Recordings
from bot.voice.voice import Voice
from tests.support.speech import FakeEngine, babble

GREETING = "utter_greet"
MENU = Button("☰ Izvēlne", "/start_over")
TOWN = Button("Rēzekne", "/inform_place")


class Desk:
    """A voice with its parts at hand."""

    def __init__(self, folder, *engines):
        self.folder = folder
        self.cache = ClipCache(folder / "clips", 10_000_000)
        self.counts = ListeningCounts(folder / "listened.json")
        self.recordings = Recordings(folder / "audio")
        self.engines = engines or (FakeEngine(),)
        self.voice = Voice(self.engines, self.cache, self.recordings, self.counts)

    def record(self, *ids: str, seconds: float = 9.0) -> None:
        given = self.folder / "given" / "lv"
        given.mkdir(parents=True, exist_ok=True)
        for item_id in ids:
            (given / f"{item_id}.ogg").write_bytes(encode_opus(babble(seconds)))
        problems = [result.problem for result in take_recordings(self.folder / "given", self.recordings)]
        assert set(problems) == {None}

    @property
    def said(self) -> list[str]:
        return [text for engine in self.engines for text in engine.said]

    @property
    def files(self) -> int:
        return len(list((self.folder / "clips").glob("??/*.ogg")))


@pytest.fixture
async def desk(tmp_path):
    desk = Desk(tmp_path)
    yield desk
    await desk.voice.close()


def text_of(item_id: str) -> str:
    return catalogue_of_today("lv").items[item_id].text


async def test_a_text_becomes_a_voice_note(desk):
    clip = await desk.voice.clip("☎ Zvaniet 112.", "lv")
    assert desk.said == ["Zvaniet viens viens divi."]
    assert (clip.source, clip.engine) == ("synthesis", "fake")
    found = facts(clip.data)
    assert (found.container, found.codec, found.channels) == ("ogg", "opus", 1)
    assert clip.seconds == pytest.approx(found.seconds, abs=0.01)


async def test_the_same_words_are_not_spoken_twice(desk):
    first = await desk.voice.clip(text_of(GREETING), "lv")
    second = await desk.voice.clip("👋 " + text_of(GREETING), "lv")
    assert (first.source, second.source) == ("synthesis", "cache")
    assert first.data == second.data
    assert len(desk.said) == 1


async def test_fixed_texts_are_kept_across_restarts(desk):
    await desk.voice.clip(text_of(GREETING), "lv")
    again = Desk(desk.folder)
    assert (await again.voice.clip(text_of(GREETING), "lv")).source == "cache"
    assert again.said == []


async def test_what_a_person_told_never_reaches_the_disk(desk):
    await desk.voice.clip("Jūsu tālrunis: 29123456.", "lv")
    await desk.voice.clip(text_of(GREETING), "lv", [TOWN])
    assert desk.files == 0
    await desk.voice.clip(text_of(GREETING), "lv", [MENU])
    assert desk.files == 1


async def test_a_recording_comes_before_a_synthesis(desk):
    desk.record(GREETING)
    clip = await desk.voice.clip("👋 " + text_of(GREETING) + "\nAvots: NVA.", "lv")
    assert (clip.source, clip.engine) == ("recording", "person")
    assert clip.data == desk.recordings.path("lv", GREETING).read_bytes()
    assert desk.said == []


async def test_recordings_of_all_parts_of_an_answer_are_joined(desk):
    desk.record(GREETING)
    desk.record("utter_thank", seconds=3.0)
    clip = await desk.voice.clip(f"{text_of(GREETING)} {text_of('utter_thank')}", "lv")
    assert clip.source == "recording"
    assert clip.seconds == pytest.approx(12.6, abs=0.8)
    again = await desk.voice.clip(f"{text_of(GREETING)} {text_of('utter_thank')}", "lv")
    assert again.data == clip.data
    assert desk.said == []


async def test_one_answer_has_one_voice(desk):
    desk.record(GREETING)
    clip = await desk.voice.clip(f"{text_of(GREETING)} Zvaniet 112.", "lv")
    assert clip.source == "synthesis"


async def test_the_menu_is_read_after_the_answer(desk):
    await desk.voice.clip("Labi.", "lv", [MENU])
    assert desk.said == ["Labi. Izvēlieties, ko tālāk. Izvēlne: spiediet viens."]


async def test_the_menu_is_read_after_a_recording_too(desk):
    desk.record(GREETING)
    clip = await desk.voice.clip(text_of(GREETING), "lv", [MENU])
    assert clip.source == "recording"
    assert clip.seconds > desk.recordings.index()["lv", GREETING].seconds + 0.5
    assert desk.said == ["Izvēlieties, ko tālāk. Izvēlne: spiediet viens."]


async def test_where_an_engine_fails_the_next_one_speaks_and_the_first_one_rests(tmp_path):
    desk = Desk(tmp_path, FakeEngine("server", fails=True), FakeEngine("espeak"))
    assert (await desk.voice.clip("Viens.", "lv")).engine == "espeak"
    await desk.voice.clip("Divi.", "lv")
    assert desk.engines[0].said == ["Viens."]
    await desk.voice.close()


async def test_an_engine_speaks_only_its_languages(tmp_path):
    desk = Desk(tmp_path, FakeEngine("russian", languages=["ru"]), FakeEngine("all"))
    assert (await desk.voice.clip("Да.", "ru")).engine == "russian"
    assert (await desk.voice.clip("Jā.", "lv")).engine == "all"
    await desk.voice.close()


async def test_another_engine_does_not_play_what_the_first_one_spoke(desk):
    await desk.voice.clip(text_of(GREETING), "lv")
    other = Desk(desk.folder, FakeEngine("better"))
    assert (await other.voice.clip(text_of(GREETING), "lv")).source == "synthesis"


async def test_where_nothing_can_be_said_an_error_has_kind_words(tmp_path):
    desk = Desk(tmp_path, FakeEngine(fails=True))
    for text in ("Viens.", "🙂"):
        with pytest.raises(SpeakingFailed) as caught:
            await desk.voice.clip(text, "lv")
        assert "zvanīt" in caught.value.explanation("lv")
    await desk.voice.close()


async def test_people_who_want_the_same_clip_wait_for_one_synthesis(desk):
    clips = await asyncio.gather(*(desk.voice.clip("Viens.", "lv") for _ in range(10)))
    assert len({clip.data for clip in clips}) == 1
    assert len(desk.said) == 1


async def test_someone_who_stops_waiting_takes_nothing_from_the_others(desk):
    engine = desk.engines[0]
    engine.may_go_on.clear()
    impatient = asyncio.create_task(desk.voice.clip("Viens.", "lv"))
    patient = asyncio.create_task(desk.voice.clip("Viens.", "lv"))
    await asyncio.sleep(0.05)
    impatient.cancel()
    engine.may_go_on.set()
    assert (await patient).source == "synthesis"


async def test_the_event_loop_goes_on_while_an_engine_speaks(desk):
    engine = desk.engines[0]
    engine.may_go_on.clear()
    waiting = asyncio.create_task(desk.voice.clip("Viens.", "lv"))
    for _ in range(5):
        await asyncio.sleep(0.01)
    assert not waiting.done()
    engine.may_go_on.set()
    await waiting
    assert threading.get_ident() not in engine.threads


async def test_fixed_replies_are_spoken_ahead_and_then_only_played(desk):
    seen = []
    made = await desk.voice.warm(["lv"], lambda done, total: seen.append((done, total)))
    assert made == len(set(desk.said))
    assert seen[-1][0] == seen[-1][1] > 200
    assert desk.files == made
    assert (await desk.voice.clip(text_of(GREETING), "lv")).source == "cache"
    assert await desk.voice.warm(["lv"]) == 0


async def test_a_server_is_not_asked_ahead_unless_someone_says_so(tmp_path):
    engine = FakeEngine()
    engine.is_local = False
    desk = Desk(tmp_path, engine)
    assert await desk.voice.warm(["lv"]) == 0
    await desk.voice.close()


async def test_what_is_listened_to_is_counted_by_text_alone(desk):
    await desk.voice.clip(f"{text_of(GREETING)} Jūsu vārds ir Anna.", "lv")
    await desk.voice.clip(text_of(GREETING), "lv")
    await desk.voice.close()
    item = catalogue_of_today("lv").items[GREETING]
    assert ListeningCounts(desk.folder / "listened.json").of(item) == 2
    assert "Anna" not in (desk.folder / "listened.json").read_text(encoding="utf-8")
