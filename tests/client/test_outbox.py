from hypothesis import given
from hypothesis import strategies as st

from tutor.client.outbox import Item, Outbox
from tutor.core.protocol.messages import UtteranceCommit

COMMIT = UtteranceCommit()

RATE = 1_000  # a sample a millisecond


def sent(outbox: Outbox) -> list[Item]:
    """All that is to be sent now."""
    items = []
    while (item := outbox.peek()) is not None:
        items.append(item)
        outbox.advance()
    return items


def test_everything_is_sent_once_and_in_order() -> None:
    """Audio and messages keep their order; what was sent is not sent again."""
    outbox = Outbox(RATE)
    for item in (b"ab", COMMIT, b"cd"):
        outbox.add(item)
    assert sent(outbox) == [b"ab", COMMIT, b"cd"]
    outbox.add(b"ef")
    assert sent(outbox) == [b"ef"]


def test_what_is_not_safe_is_sent_again() -> None:
    """On another connection comes what was not acknowledged: audio by time, messages by number."""
    outbox = Outbox(RATE)
    for item in (b"1122", COMMIT, b"3344", COMMIT, b"5566"):
        outbox.add(item)
    assert len(sent(outbox)) == 5
    outbox.acknowledge(4, 1)
    outbox.rewind(is_new_session=False)
    assert sent(outbox) == [COMMIT, b"5566"]


def test_a_message_may_be_safe_before_the_audio_in_front_of_it() -> None:
    """Audio of the silence before a message may be wanted again, the message not."""
    outbox = Outbox(RATE)
    for item in (b"1122", COMMIT, b"3344"):
        outbox.add(item)
    sent(outbox)
    outbox.acknowledge(0, 1)
    outbox.rewind(is_new_session=False)
    assert sent(outbox) == [b"1122", b"3344"]


def test_a_new_session_counts_anew() -> None:
    """What a new session gets is the beginning of its own audio and messages."""
    outbox = Outbox(RATE)
    for item in (b"1122", COMMIT, b"3344", COMMIT):
        outbox.add(item)
    outbox.acknowledge(2, 1)
    outbox.rewind(is_new_session=True)
    assert sent(outbox) == [b"3344", COMMIT]
    outbox.acknowledge(2, 0)
    assert outbox.items == [COMMIT]
    outbox.acknowledge(2, 1)
    assert outbox.items == []


def test_audio_beyond_the_limit_has_to_wait() -> None:
    """There is room again when the server has acknowledged something."""
    outbox = Outbox(RATE, kept_s=0.004)
    outbox.add(b"1122")
    assert outbox.has_room
    outbox.add(b"3344")
    assert not outbox.has_room
    outbox.acknowledge(2, 0)
    assert outbox.has_room


@given(
    st.lists(
        st.one_of(st.integers(1, 9).map(lambda n: bytes(2 * n)), st.just(COMMIT)), max_size=30
    ),
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 60), st.integers(0, 12)), max_size=6),
)
def test_a_server_gets_all_of_it_whenever_it_breaks(
    items: list[Item], breaks: list[tuple[int, int, int]]
) -> None:
    """However often a connection breaks, what was safe and what comes again is the whole."""
    outbox, safe_ms, safe_messages = Outbox(RATE), 0, 0
    for item in items:
        outbox.add(item)
    for count, ms, messages in breaks:
        for _ in range(min(count, len(outbox.items))):
            outbox.advance()
        safe_ms, safe_messages = max(safe_ms, ms), max(safe_messages, messages)
        outbox.acknowledge(safe_ms, safe_messages)
        outbox.rewind(is_new_session=False)
    ends, position, number = [], 0, 0
    for item in items:
        position, number = (
            (position + len(item) // 2, number)
            if isinstance(item, bytes)
            else (position, number + 1)
        )
        ends.append(position <= safe_ms if isinstance(item, bytes) else number <= safe_messages)
    assert sent(outbox) == [item for item, safe in zip(items, ends, strict=True) if not safe]
