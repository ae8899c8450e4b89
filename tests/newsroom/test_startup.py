"""Functions that apps register are called once, when the server starts."""

import newsletter.tasks
import polls.tasks
from newsroom import startup


def test_functions_are_called_in_the_order_of_registration(monkeypatch):
    called = []
    monkeypatch.setattr(startup, "_functions", [])
    startup.register(lambda: called.append("first"))
    startup.register(lambda: called.append("second"))

    startup.run()

    assert called == ["first", "second"]


def test_newsletter_resumes_its_work_at_the_start():
    assert newsletter.tasks.resume_delivery in startup._functions


def test_polls_resume_their_work_at_the_start():
    assert polls.tasks.resume in startup._functions
