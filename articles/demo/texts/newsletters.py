"""The demo's policies, newsletters and subscribers."""

from articles.demo.texts.schema import NewsletterData, PolicyData, SubscriberData, prose

#: The versions of each document, oldest first.
POLICIES = {
    "terms": (
        PolicyData(
            effective="2022-01-03 09:00",
            body=prose(
                """
                These are the terms of a demo newsroom. They are short, since it offers little: it
                sends newsletters to those who ask for them.

                <h2>What you get</h2>

                A newsletter, as often as the form said when you signed up. It is free of charge.

                <h2>What we ask of you</h2>

                Sign up with an address of your own. What we send is for you to read and to pass
                on, with our name under it.

                <h2>How it ends</h2>

                You can unsubscribe at any time, by the link in each issue. We can end a newsletter
                too, and will say so in its last issue.
                """
            ).html,
        ),
        PolicyData(
            effective="2022-02-14 09:00",
            summary="You may now quote a whole issue, with our name and a link.",
            body=prose(
                """
                These are the terms of a demo newsroom. They are short, since it offers little: it
                sends newsletters to those who ask for them.

                <h2>What you get</h2>

                A newsletter, as often as the form said when you signed up. It is free of charge.

                <h2>What we ask of you</h2>

                Sign up with an address of your own. You may pass on and quote what we send, a
                whole issue too, with our name and a link to us.

                <h2>How it ends</h2>

                You can unsubscribe at any time, by the link in each issue. We can end a newsletter
                too, and will say so in its last issue.
                """
            ).html,
        ),
    ),
    "privacy": (
        PolicyData(
            effective="2022-01-03 09:00",
            body=prose(
                """
                We keep as little as we can, and this page says what that is. It belongs to a demo
                newsroom; a real one names here who is responsible, and how to write to them.

                <h2>Reading</h2>

                Nothing is stored in your browser while you read, and nothing on our pages comes
                from anybody else. A vote in a poll stores one cookie, a random number.

                <h2>Newsletters</h2>

                If you sign up we keep your address, and as evidence of your agreement when it was
                given, in which words, and the internet address and browser it came from. We use
                the address to send what you asked for, and give it to nobody.

                <h2>Your rights</h2>

                The link “Your newsletters and data” in each message shows what we keep of you. You
                can download it, correct your address, unsubscribe, and have all of it erased. What
                nobody confirms goes by itself after thirty days.
                """
            ).html,
        ),
    ),
}

NEWSLETTERS = {
    "sci-fi-weekly": NewsletterData(
        name="Sci-Fi Weekly",
        hub="sci-fi",
        strapline="Get sci-fi news direct to your inbox",
        description="Stations, sleepers and the end of the world: what began, what ended and what "
        "was put off, once a week. Endings stay sealed.",
        frequency="Every Friday",
        sentence="Newsroom will send Sci-Fi Weekly to this address every Friday.",
    ),
    "the-aisle-seat": NewsletterData(
        name="The Aisle Seat",
        hub="film",
        strapline="The week’s films, without their last ten minutes",
        description="What is worth a coat, a ticket and two hours in the dark.",
        frequency="Every Thursday",
        sentence="Newsroom will send The Aisle Seat to this address every Thursday.",
    ),
    "save-point": NewsletterData(
        name="Save Point",
        hub="games",
        strapline="One game a month that you can finish",
        description="Small worlds for those with little time.",
        frequency="Once a month",
        sentence="Newsroom will send Save Point to this address once a month.",
    ),
}

#: In the order of sign-up. Their addresses are example addresses.
SUBSCRIBERS = (
    SubscriberData("2022-01-31 18:05", "sci-fi-weekly"),
    SubscriberData("2022-02-01 12:40", "sci-fi-weekly"),
    SubscriberData("2022-02-01 12:52", "sci-fi-weekly", unsubscribed="2022-02-11 17:10"),
    SubscriberData("2022-02-01 20:15", "sci-fi-weekly"),
    SubscriberData("2022-02-02 07:33", "sci-fi-weekly"),
    SubscriberData("2022-02-03 21:48", "the-aisle-seat"),
    SubscriberData("2022-02-04 09:02", "sci-fi-weekly"),
    SubscriberData("2022-02-09 13:20", "the-aisle-seat", unsubscribed="2022-02-24 19:00"),
    SubscriberData("2022-02-12 16:44", "save-point"),
    SubscriberData("2022-02-15 08:11", "sci-fi-weekly"),
    SubscriberData("2022-02-18 17:30", "sci-fi-weekly"),
    SubscriberData("2022-02-18 19:26", "sci-fi-weekly", confirmed=False),
    SubscriberData("2022-02-19 10:55", "the-aisle-seat"),
    SubscriberData("2022-02-26 22:08", "save-point", confirmed=False),
)
