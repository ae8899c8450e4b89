"""Newsletters, the texts that readers agree to, subscribers, and the consent ledger."""

from newsletter.models.consent import ChainHead, ConsentEvent, Evidence
from newsletter.models.message import Message
from newsletter.models.newsletter import Newsletter
from newsletter.models.policy import PolicyVersion, Version, Wording
from newsletter.models.subscriber import (
    AddressChange,
    SignUp,
    Subscriber,
    Subscription,
    Suppression,
)

__all__ = [
    "AddressChange",
    "ChainHead",
    "ConsentEvent",
    "Evidence",
    "Message",
    "Newsletter",
    "PolicyVersion",
    "SignUp",
    "Subscriber",
    "Subscription",
    "Suppression",
    "Version",
    "Wording",
]
