"""Which danger is meant where the words of several are said."""

import pytest

from bot.nlu.danger import find_danger


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("mus šodien izlika uz ielas ar diviem bērniem", "roof"),
        ("хозяйка выставила нас на улицу, ребёнку год", "roof"),
        ("дочка не вернулась из школы, уже ночь", "child"),
        ("муж с ножом, мы с детьми заперлись", "violence"),
        ("šonakt aiziešu un vairs neatgriezīšos", "suicide"),
        ("kur ir tuvākā NVA", None),
    ],
)
def test_the_kind_that_most_words_tell_of_is_meant(text, kind):
    assert find_danger(text).kind == kind
