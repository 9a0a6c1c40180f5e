"""One message after the other: each conversation's turns in order, each answered once, and all within ten seconds.

A turn is worked on by a task of its own. When Rasa is slow the person gets an honest message in time, the task goes on,
and a repeat of the message finds the answer.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any, Final, TypeVar

from anyio import CapacityLimiter, to_thread

from hip.engine import timeouts
from hip.engine.server_logs import describe_exception
from hip.gateway.conversations import Conversations
from hip.gateway.messages import Message, Reply, Said
from hip.gateway.rasa import Answer, NoAnswer, NotSent, Rasa
from hip.gateway.text import ANSWERED_LENGTH, neutralise
from hip.gateway.turn import NoConversation, NotOffered, State, Turn
from hip.gateway.wording import Problem, load_words

logger = logging.getLogger(__name__)

#: Seconds from a request until the person has an answer or an honest message.
ANSWER_SECONDS: Final = timeouts.ANSWER

#: Seconds Rasa may take before the gateway gives the message up.
RASA_SECONDS: Final = timeouts.RASA

#: Another process does not tell when it has finished a turn; it is asked so often, in seconds.
_POLL: Final = 0.1

#: A message that waits behind others gives up so many seconds before its time is over, to say why.
_EARLIER: Final = 0.2

#: Database calls at once: SQLite has one writer, and PostgreSQL's pool is not large.
_DATABASE_CALLS: Final = 8

_Result = TypeVar("_Result")


class TurnDesk:
    """Takes messages, has them answered, and deletes conversations.

    Args:
        conversations: where they are kept.
        rasa: who answers.
        erase_everything: deletes all of a conversation.
        erase_tracker: deletes what Rasa keeps of it.
    """

    def __init__(
        self,
        conversations: Conversations,
        rasa: Rasa,
        erase_everything: Callable[[str], None],
        erase_tracker: Callable[[str], None],
    ) -> None:
        self._conversations = conversations
        self._rasa = rasa
        self._erase_everything = erase_everything
        self._erase_tracker = erase_tracker
        self._limiter = CapacityLimiter(_DATABASE_CALLS)
        self._tasks: set[asyncio.Task[tuple[Message, ...]]] = set()
        self._finished: dict[str, asyncio.Event] = {}

    async def call(self, function: Callable[..., _Result], *arguments: Any) -> _Result:
        """Run a database call in a thread.

        Raises:
            Problem: the conversation is not there, or the payload was not offered.
        """
        try:
            return await to_thread.run_sync(function, *arguments, abandon_on_cancel=True, limiter=self._limiter)
        except NoConversation:
            raise Problem("bad_token") from None
        except NotOffered:
            raise Problem("not_offered") from None

    async def begin(self, conversation: str) -> tuple[Message, ...]:
        """Begin a conversation and greet.

        Raises:
            Problem: no greeting came back. Nothing is kept then.
        """
        deadline = time.monotonic() + ANSWER_SECONDS
        turn = await self.call(self._conversations.begin, conversation)
        try:
            return await self._in_time(self._start(conversation, "hello", turn, deadline), deadline)
        except Exception:
            await self.call(self._erase_everything, conversation)
            raise

    async def say(self, conversation: str, message_id: str, said: Said) -> tuple[Message, ...]:
        """Have a message answered; a repeat of its id gets the first one's answer.

        Raises:
            Problem: it cannot be taken, or was not answered in time.
        """
        deadline = time.monotonic() + ANSWER_SECONDS
        turn = await self.call(self._conversations.accept, conversation, message_id, said)
        if turn.state is State.MINE:
            return await self._in_time(self._start(conversation, message_id, turn, deadline), deadline)
        while turn.state is State.THEIRS and time.monotonic() < deadline:
            await self._pause(conversation)
            turn = await self.call(self._conversations.look, conversation, turn.number)
        if turn.state is State.ANSWERED:
            return turn.replies
        raise Problem("unavailable")

    async def delete(self, conversation: str) -> None:
        """Delete everything of a conversation, after what is being worked on.

        Raises:
            Problem: the conversation is not there.
        """
        deadline = time.monotonic() + ANSWER_SECONDS
        await self.call(self._conversations.close, conversation)
        while time.monotonic() < deadline and await self.call(self._conversations.is_busy, conversation):
            await self._pause(conversation)
        # A turn that is still open deletes again when it ends: it finds that the conversation is gone.
        await self.call(self._erase_everything, conversation)

    async def finish(self) -> None:
        """Wait for all turns that are being worked on, as far as they get in time."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=ANSWER_SECONDS)

    def _start(self, conversation: str, message_id: str, turn: Turn, deadline: float) -> asyncio.Task[Any]:
        task = asyncio.create_task(self._work(conversation, message_id, turn, deadline))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(_log_failure)
        return task

    async def _in_time(self, task: asyncio.Task[tuple[Message, ...]], deadline: float) -> tuple[Message, ...]:
        done, _ = await asyncio.wait({task}, timeout=max(0.0, deadline - time.monotonic()))
        if not done:
            logger.warning("Rasa is slow: a person was told so; the message is still being worked on")
            raise Problem("unavailable")
        return task.result()

    async def _work(self, conversation: str, message_id: str, turn: Turn, deadline: float) -> tuple[Message, ...]:
        try:
            await self._reach_front(conversation, turn, deadline)
            answer = await self._ask(conversation, message_id, turn)
            if answer.erased:
                await self.call(self._erase_tracker, conversation)
            replies = (*_long_note(turn.said, answer), *answer.replies)
            messages = await self.call(self._keep, conversation, turn.number, replies, answer.erased)
            if messages is None:  # deleted meanwhile
                await self.call(self._erase_everything, conversation)
                raise Problem("bad_token")
            return messages
        except Problem:
            raise
        except Exception:  # whatever it is, the message can be sent again at once
            await self.call(self._give_up, conversation, turn.number, True)
            raise
        finally:
            self._finished.pop(conversation, asyncio.Event()).set()

    def _keep(
        self, conversation: str, number: int, replies: tuple[Reply, ...], only: bool
    ) -> tuple[Message, ...] | None:
        return self._conversations.answer(conversation, number, replies, only=only)

    async def _reach_front(self, conversation: str, turn: Turn, deadline: float) -> None:
        """Wait until no earlier turn is being worked on.

        Raises:
            Problem: that took too long; the turn is given up and may be repeated.
        """
        first = turn.first
        while not first:
            if time.monotonic() > deadline - _EARLIER:
                await self.call(self._give_up, conversation, turn.number, turn.repeat)
                raise Problem("busy")
            await self._pause(conversation)
            first = (await self.call(self._conversations.look, conversation, turn.number)).first

    async def _ask(self, conversation: str, message_id: str, turn: Turn) -> Answer:
        said = turn.said
        text = neutralise(said.text) if said.payload is None else said.payload
        try:
            async with asyncio.timeout(RASA_SECONDS):
                return await self._rasa.send(conversation, text, message_id, repeat=turn.repeat)
        except (NotSent, NoAnswer, TimeoutError) as error:
            logger.error("Rasa did not answer (%s: %s); the person was told", type(error).__name__, error)
            sent = turn.repeat or not isinstance(error, NotSent)
            await self.call(self._give_up, conversation, turn.number, sent)
            raise Problem("unavailable") from None

    def _give_up(self, conversation: str, number: int, sent: bool) -> None:
        self._conversations.fail(conversation, number, sent=sent)

    async def _pause(self, conversation: str) -> None:
        """Until a turn of the conversation ends in this process, or it is time to look again."""
        event = self._finished.setdefault(conversation, asyncio.Event())
        try:
            await asyncio.wait_for(event.wait(), _POLL)
        except TimeoutError:
            if self._finished.get(conversation) is event:
                del self._finished[conversation]


def _long_note(said: Said, answer: Answer) -> tuple[Reply, ...]:
    """A polite line before the answer to a long message, unless the answer names 999."""
    if len(said.text) <= ANSWERED_LENGTH or answer.urgent:
        return ()
    return (Reply(load_words().long_message),)


def _log_failure(task: asyncio.Task[Any]) -> None:
    """Log what nobody foresaw, without its message; the person is told by whoever waits for the task."""
    error = None if task.cancelled() else task.exception()
    if error is not None and not isinstance(error, Problem):
        logger.error("A message could not be answered\n%s", describe_exception(error))
