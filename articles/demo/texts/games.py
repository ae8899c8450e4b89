"""Articles of the Games hub, and one that has none yet."""

from articles.demo.texts.schema import (
    ArticleData,
    Photo,
    PullQuote,
    SecondEdition,
    WithdrawalData,
    prose,
)

BRACKENMOOR = ArticleData(
    hub="games",
    headline="‘Brackenmoor Post’ delivers, on foot and in its own good time",
    slug="brackenmoor-post-review",
    standfirst="A game about carrying letters turns out to be a game about not reading them.",
    photo="valley",
    titles=("brackenmoor-post",),
    topics=("reviews",),
    published="2022-01-27 08:30",
    body=(
        prose(
            """
            You have a bag, a bicycle with one gear and a valley with thirty-one letter boxes. The
            letters are sealed. Nothing in <em>Brackenmoor Post</em> stops you from holding one
            against the lamp, and the whole game consists of what happens to you when you do.

            Nothing much, at first. A hint about a harvest, a line about a wedding. But the people
            of Brackenmoor can tell. They stop offering tea. A gate that was always open is
            latched, politely, from inside.
            """
        ),
        PullQuote("It is the only game that made us apologise to a hedge."),
        prose(
            """
            The look is large pixels and few colours, with a sun that takes its time. Each round
            lasts about a quarter of an hour, which is also about how long the kettle in the last
            house needs if you arrive on time.

            We finished the story in nine evenings and have gone on delivering. There is, after
            all, still post.
            """
        ),
    ),
)

FATHOM = ArticleData(
    hub="games",
    headline="Hold your breath for ‘Fathom Street’",
    slug="fathom-street-preview",
    standfirst="A diver returns to the street where she grew up. It has been under water for "
    "twenty years, and someone has kept the lights on.",
    photo="fathom",
    titles=("fathom-street",),
    topics=("the-craft",),
    published="2022-02-07 14:00",
    second_edition=SecondEdition(
        at="2022-02-09 10:20",
        addition=prose(
            """
            <h2>Update: the lamp can be switched off</h2>

            Since this was published, several of you have asked whether the game can be played
            without the lamp. It can. We tried; the street is not entirely dark then, and we shall
            say no more than that.
            """
        ),
    ),
    body=(
        prose(
            """
            Games like to drown cities. They rarely remember that somebody lived there.
            <em>Fathom Street</em> is about a single road of nineteen houses, a corner shop and a
            bus stop, and about the one former resident who has learnt to dive.

            You swim from door to door with a lamp, a slate and seven minutes of air. On the slate
            you draw the plan of the street as you remember it. Where memory and street disagree
            there is a story, and usually a cupboard.

            What we played, three dives in all, is calm without being dull. Air is never a threat
            but a measure: seven minutes are a kitchen, or two bedrooms, or the long way to number
            14 and back, if you don’t stop for the fish.
            """
        ),
    ),
)

ISLANDS = ArticleData(
    hub="games",
    headline="Five islands to build first in ‘Pocket Archipelago’",
    slug="pocket-archipelago-five-islands",
    standfirst="The box says that there is no wrong way to begin. The box has not met our first "
    "tower.",
    photo="islands",
    titles=("pocket-archipelago",),
    published="2022-03-08 11:15",
    body=(
        prose(
            """
            Each island is the size of a tablecloth, and that is the trouble: one wants it all on
            the first. Resist. After a month on the water these are the five that we should build
            again, in this order.

            <ol>
            <li><strong>The orchard.</strong> Nobody comes for a tower. Everybody comes for
            plums.</li>
            <li><strong>The jetty.</strong> As long as you can afford, then one plank more.</li>
            <li><strong>The inn.</strong> Put the windows to the west and see what it does to the
            rent.</li>
            <li><strong>The empty one.</strong> Leave it alone. Things will land there.</li>
            <li><strong>The tower.</strong> Now.</li>
            </ol>

            Trees first, walls second, and never two bakers within sight of each other. The rest
            you will learn from the gulls.
            """
        ),
    ),
)

ARCADE = ArticleData(
    hub="games",
    headline="One more go: in praise of the game that ends",
    slug="in-praise-of-the-game-that-ends",
    standfirst="Three lives, a coin, a queue behind you. What the old machines knew about time.",
    photo="arcade",
    authors=("max-mustermann",),
    topics=("the-craft", "from-the-desk"),
    published="2022-02-15 13:00",
    body=(
        prose(
            """
            The machines in the back room of our fictional local have nothing to sell you but the
            next three minutes. There is no season to pass and no daily gift. You play, you lose,
            the next one steps up and you hold their glass.

            It is tempting to grow misty about this. Most of those games were hard because coins
            were the point. But the shape of an evening that they gave, many small endings in
            company, is one that larger worlds have forgotten how to make.
            """
        ),
        Photo("arcade", "From left to right: broken, broken, perfect, broken, on loan."),
        prose(
            """
            <h2>What would it take?</h2>

            Not much. A game may be enormous and still let you put it down: at an inn, at the end
            of a letter, when the sun sets. It need only say so. <em>That was a good place to
            stop</em> is a sentence that we should like to read on more screens.

            Until then there is the back room. Bring change.
            """
        ),
    ),
)

WITHDRAWN = ArticleData(
    hub="games",
    headline="‘Fathom Street’ is to get a second street",
    slug="fathom-street-second-street",
    standfirst="A continuation is said to be under way.",
    photo="fathom",
    titles=("fathom-street",),
    published="2022-02-21 09:10",
    withdrawal=WithdrawalData(
        at="2022-02-22 15:30",
        reason="The source mistook a joke for an announcement.",
        notice="This report rested on a misunderstanding: no continuation of ‘Fathom Street’ has "
        "been announced. We have withdrawn it and apologise to our readers.",
    ),
    body=(
        prose(
            """
            The diver may get to turn the corner. As we hear, a second street is in preparation,
            with a school, a chapel and the upper half of a tram.

            There is no date yet. Those who asked were told to hold their breath.
            """
        ),
    ),
)

DRAFT = ArticleData(
    headline="Ten games for a rainy Sunday (and one for the Monday after)", authors=()
)

ARTICLES = (BRACKENMOOR, FATHOM, ISLANDS, ARCADE, WITHDRAWN, DRAFT)
