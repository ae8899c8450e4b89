"""The states of versions in the admin, and withdrawing one."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from newsletter import version_states
from newsletter.consent_texts import Policies
from newsletter.models import PolicyVersion, Wording
from newsletter.models.policy import VersionQuerySet
from newsroom.desk.transitions import TransitionRefused
from tests.articles.admin_forms import messages_of
from tests.articles.factories import make_user
from tests.newsletter.admin_access import make_staff, page, rows
from tests.newsletter.factories import (
    PRIVACY,
    TERMS,
    make_newsletter,
    make_policies,
    make_policy,
    make_wording,
)

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def desk(client):
    client.force_login(make_staff(first_name="Edda", last_name="Torial"))
    return client


def coming():
    return make_policy(effective_from=timezone.now() + HOUR)


def fixed(kind):
    """A version that has taken effect."""
    return make_policy() if kind == "policyversion" else make_newsletter().wordings.get()


# The list


@pytest.fixture
def every_state():
    """A version of the terms in each state, by state."""
    made = {"withdrawn": make_policy(), "replaced": make_policy(), "in_force": make_policy()}
    made["scheduled"] = coming()
    version_states.withdraw(made["withdrawn"], by=make_user(), reason="Wrong.")
    make_policy(PRIVACY)
    return made


def test_versions_are_listed_and_filtered_by_state(desk, every_state):
    for state, version in every_state.items():
        found = rows(desk, "policyversion", state=state, document__exact="terms")
        assert found == [version], state
    html = desk.get(page("policyversion", "changelist")).text
    for told in ("Withdrawn, ", ">Replaced<", ">In force<", ">Scheduled<"):
        assert told in html


def test_state_follows_the_clock(every_state):
    def states(at):
        found = version_states.with_state(PolicyVersion.objects.filter(document=TERMS), at)
        return list(found.order_by("number").values_list("state", flat=True))

    now = timezone.now()
    assert states(now) == ["withdrawn", "replaced", "in_force", "scheduled"]
    assert states(now + 2 * HOUR) == ["withdrawn", "replaced", "replaced", "in_force"]
    assert states(now - HOUR) == ["scheduled"] * 4


def test_wordings_are_filtered_by_newsletter(desk):
    one, two = make_newsletter(), make_newsletter()
    make_wording(one)

    found = rows(desk, "wording", newsletter__id__exact=one.pk)

    assert [(each.number, each.state) for each in found] == [(2, "in_force"), (1, "replaced")]
    assert [each.state for each in rows(desk, "wording") if each.newsletter == two] == ["in_force"]


@pytest.mark.parametrize("kind", ["policyversion", "wording"])
def test_list_takes_the_same_queries_for_1_and_3_rows(desk, kind):
    counts = []
    for number in (1, 2):
        for _ in range(number):
            fixed(kind)
        with CaptureQueriesContext(connection) as captured:
            assert len(rows(desk, kind)) >= number
        counts.append(len(captured))

    assert counts[0] == counts[1]


@pytest.mark.parametrize("lookup", ["created_by__password__startswith", "created_by__email"])
def test_list_can_not_be_filtered_by_accounts(desk, lookup):
    make_policy()

    assert desk.get(page("policyversion", "changelist"), {lookup: "x"}).status_code == 400


# Withdrawing


def withdraw(desk, version, reason="It was wrong."):
    kind = version._meta.model_name
    return desk.post(
        page(kind, "transition", version.pk, "withdraw"), {"reason": reason}, follow=True
    )


def test_withdrawing_puts_the_previous_version_in_force(desk):
    make_policies()
    second = make_policy(TERMS, "<p>Wrong.</p>")
    assert (
        "in force again"
        in desk.get(page("policyversion", "transition", second.pk, "withdraw")).text
    )

    response = withdraw(desk, second)

    assert "is withdrawn: nobody can agree to it any more" in messages_of(response)[0]
    assert Policies.in_force().terms.number == 1
    second.refresh_from_db()
    assert (second.withdrawn_by, second.withdrawal_reason) == ("Edda Torial", "It was wrong.")
    assert desk.get("/terms/2/").status_code == 200
    assert "by Edda Torial: It was wrong." in response.text
    told = "Withdraw: it is withdrawn: nobody can agree to it any more, and its page stays."
    assert LogEntry.objects.get().change_message == told


def test_last_version_in_force_is_not_withdrawn(desk):
    newsletter = make_newsletter()
    coming()
    for version in (PolicyVersion.objects.get(number=1, document=TERMS), newsletter.wordings.get()):
        response = withdraw(desk, version)
        assert "No other version would be in force." in messages_of(response)[0]
        version.refresh_from_db()
        assert version.withdrawn_at is None
    assert not LogEntry.objects.exists()


def test_wording_is_withdrawn(desk):
    newsletter = make_newsletter()
    make_wording(newsletter, sentence="Wrong.")

    withdraw(desk, newsletter.wordings.get(number=2))

    assert Wording.objects.filter(newsletter=newsletter).valid().get().number == 1


def test_replaced_version_can_be_withdrawn(desk):
    first = make_policy()
    make_policy()

    withdraw(desk, first)

    first.refresh_from_db()
    assert first.withdrawn_at is not None
    assert PolicyVersion.objects.valid().get().number == 2


def test_withdrawing_is_offered_where_it_is_available(desk, every_state):
    offered = {
        state: [
            step.name
            for step in desk.get(page("policyversion", "change", version.pk)).context["transitions"]
        ]
        for state, version in every_state.items()
    }

    assert offered == {
        "withdrawn": [],
        "replaced": ["withdraw"],
        "in_force": ["withdraw"],
        "scheduled": [],
    }
    assert "Delete it" in messages_of(withdraw(desk, every_state["scheduled"]))[0]
    assert "already withdrawn" in messages_of(withdraw(desk, every_state["withdrawn"]))[0]


def test_two_withdrawals_leave_one_version(every_state):
    """The second withdrawal waits for the first and then finds one version left."""
    user = make_user()
    version_states.withdraw(every_state["in_force"], by=user, reason="x")

    with pytest.raises(TransitionRefused, match="No other version"):
        version_states.withdraw(every_state["replaced"], by=user, reason="x")


def test_whole_series_is_locked_while_one_of_it_is_withdrawn(monkeypatch):
    make_policies()
    locked = []
    select = VersionQuerySet.select_for_update

    def note(queryset, *args, **kwargs):
        locked.extend(queryset.values_list("document", "number"))
        return select(queryset, *args, **kwargs)

    monkeypatch.setattr(VersionQuerySet, "select_for_update", note)
    version_states.withdraw(make_policy(), by=make_user(), reason="x")

    assert sorted(locked) == [("terms", 1), ("terms", 2)]


@pytest.mark.parametrize("kind", ["policyversion", "wording"])
def test_withdrawing_needs_its_own_permission_and_a_reason(client, kind):
    version = fixed(kind)
    make_policy() if kind == "policyversion" else make_wording(version.newsletter)
    client.force_login(make_staff(without=[f"withdraw_{kind}"]))
    assert withdraw(client, version).status_code == 403
    assert "Withdraw…" not in client.get(page(kind, "change", version.pk)).text

    client.force_login(make_staff(without=[f"change_{kind}"]))
    assert withdraw(client, version).status_code == 403
    client.force_login(make_staff())
    assert withdraw(client, version, reason="").status_code == 200
    version.refresh_from_db()
    assert version.withdrawn_at is None
