"""What apps register is called once, when the server starts."""

import newsletter.tasks
from newsroom import startup


def test_functions_are_called_in_the_order_of_registration(monkeypatch):
    called = []
    monkeypatch.setattr(startup, "_functions", [])
    startup.register(lambda: called.append("first"))
    startup.register(lambda: called.append("second"))

    startup.run()

    assert called == ["first", "second"]


def test_newsletter_resumes_its_work_at_the_start():
    assert newsletter.tasks.resume in startup._functions
