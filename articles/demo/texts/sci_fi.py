"""Articles of the Sci-Fi hub."""

from articles.demo.texts.schema import (
    AdvertSlot,
    ArticleData,
    Photo,
    Poll,
    PullQuote,
    SignUp,
    SpoilerEnd,
    SpoilerStart,
    prose,
)
from articles.models.article import Spoiler

ALL_OF_US = ArticleData(
    hub="sci-fi",
    headline="‘All of Us Are Dead’: our readers want a second season",
    slug="all-of-us-are-dead-second-season-poll",
    standfirst="Four days after the Korean zombie series arrived on Netflix, we asked whether "
    "twelve episodes are enough. The answer could hardly be clearer.",
    photo="school",
    authors=("ada-placeholder",),
    titles=("all-of-us-are-dead",),
    topics=("reader-polls", "season-endings"),
    spoiler=Spoiler.MARKED,
    lead=True,
    published="2022-02-01 09:30",
    body=(
        prose(
            """
            Some series are watched. This one was swallowed whole. <em>All of Us Are Dead</em>
            came to Netflix on 28 January, all twelve episodes of it, and by Monday our postbag
            held a single question in a great many handwritings: is that it?

            So we put the question back to you. Should there be a second season, or is the story
            told? <strong>83.5 per cent</strong> of those who voted want to see more.
            <strong>16.5 per cent</strong> say that it should end there.

            <h2>More than four in five</h2>

            Polls about series that people have just finished tend to say yes; nobody likes the
            moment when the screen goes dark and one’s own face looks back. Even so, a majority
            of five to one is rare here. It does not mean that everybody agrees on what should
            come next. It means that hardly anybody is ready to leave.

            The smaller camp deserves its paragraph too. An ending, it says, is part of a story,
            not a shop window for the next one, and twelve episodes with a beginning, a middle
            and a close are worth more than an open account. It is a good argument. It has lost,
            this time, by a distance.
            """
        ),
        Poll("all-of-us-are-dead-second-season"),
        Photo("ballot"),
        PullQuote(
            "A good ending answers one question and leaves the next one on the table.",
            "From the desk",
        ),
        prose(
            """
            <h2>What the votes are about</h2>

            To see why so many want more, one has to know how season one ends. <strong>A
            warning:</strong> the box below tells it, down to the last minute of the last
            episode. If you are still on your way there, leave it shut and read on underneath.

            <spoiler-box data-season="1" data-episode="12">

            Nam-ra (Cho Yi-hyun) belongs to neither side any more: half human, half zombie. For
            fear of herself, of what she might do to those she likes best, she has left her
            friends.

            Four months go by. Then On-jo (Park Ji-hoo) notices a light where there should be
            none, a campfire in the ruins of the school. She goes there, and it is Nam-ra who is
            waiting. She is not the only one of her kind, On-jo learns; there are a few more like
            her.

            Nam-ra does not stay. She promises to be back and leaps from the roof, and with that
            the season is over: a farewell and a beginning in one breath, which is precisely why
            the poll came out as it did.

            </spoiler-box>
            """
        ),
        AdvertSlot("article-end", "300x250"),
        prose(
            """
            Whether your wish is granted is not for us to say. Until there is news worth
            the name, you will find everything else that bites, drifts or glows in the dark in
            our <a href="/sci-fi/">Sci-Fi hub</a>.
            """
        ),
    ),
)

HARBOUR = ArticleData(
    hub="sci-fi",
    headline="‘Harbour of Small Moons’ shuts its second series and leaves a door ajar",
    slug="harbour-of-small-moons-second-series-ending",
    standfirst="The gentlest freight station on television ends with its loudest hour. What "
    "the final quarter of an hour means, and what it doesn’t.",
    photo="station",
    authors=("ada-placeholder",),
    titles=("harbour-of-small-moons",),
    topics=("season-endings",),
    spoiler=Spoiler.MARKED,
    published="2022-02-18 17:00",
    body=(
        prose(
            """
            For fifteen episodes the crew of the night shift have moored ships, mislaid parcels
            and made soup. The invented series at the centre of this article has never been in a
            hurry, and its second run was, if anything, slower than the first.

            Then comes the last one. It is twelve minutes longer than the others, it has almost
            no dialogue after the half-way mark, and it finally goes where the lift has refused
            to stop since the very first scene: the lowest deck.
            """
        ),
        SignUp("sci-fi-weekly"),
        PullQuote("It took sixteen hours to reach the cellar, and they were well spent."),
        SpoilerStart(season=2, episode=8),
        prose(
            """
            The lowest deck is not a store, nor a prison, nor an engine. It is a second harbour,
            built for ships far larger than any we have seen, and it has been kept swept and lit
            by the station itself all along.
            """
        ),
        Photo("door"),
        prose(
            """
            Harbour master Ilse Quay stands before the gate, hears something dock on the other
            side, and does what she has done for every arrival: she asks for the name of the
            ship and the number of cups. We hear the answer knock. We do not see who gives it.

            It is a cliffhanger without a cliff. Nobody is in danger; somebody is at the door.
            """
        ),
        SpoilerEnd(),
        prose(
            """
            What can be said outside the box is how well the hour is built. The soup from the
            opening returns. So does the parcel of episode three, which half of us had forgotten
            and the other half had made a spreadsheet about.

            <spoiler-box data-season="2" data-episode="3">

            It was addressed to the lowest deck, and the whole night shift laughed at whoever had
            written down a floor that the lift does not know. Inside lay a bell without a clapper.
            Nobody claimed it, so it went on the shelf above the kettle.

            </spoiler-box>

            If there is a third series, it will have to be a different one. If there is not, this
            is as good a place to stop as any harbour.
            """
        ),
    ),
)

SALT = ArticleData(
    hub="sci-fi",
    headline="The lamp still turns: ‘The Salt Meridian’ reviewed",
    slug="the-salt-meridian-review",
    photo="lighthouse",
    authors=("ada-placeholder",),
    titles=("the-salt-meridian",),
    topics=("reviews",),
    published="2022-01-14 08:00",
    body=(
        prose(
            """
            The sea has been gone for eleven years when the novel begins, and Maren Holm still
            lights the lamp every evening. There is no ship left to warn. There is, however, a
            contract, and Maren is the sort of person who reads to the end of one.

            Out of this small stubbornness the book makes four hundred pages that never feel like
            more than an evening. Visitors cross the salt on foot: a tax inspector, a choir, a
            boy who is selling water by the spoon. Each wants to know why she stays. Each gets a
            different answer, and all of them are true.
            """
        ),
        PullQuote("She keeps the light on the way others keep a promise, or a grudge."),
        prose(
            """
            The prose is dry in the best sense. Heat is never described, only what people stop
            doing because of it. When it finally rains, late and for half a page, you may find
            that you have been holding your breath since the second chapter.

            One wish remains: a map. The salt is crossed so often, by so many, that one would
            like to follow with a finger. Perhaps that is the point. Nobody in the book has one
            either.
            """
        ),
    ),
)

GARDEN = ArticleData(
    hub="sci-fi",
    headline="Six gardeners, no reply: why ‘Deck Nine’ is the quiet hit of the spring",
    slug="the-gardeners-of-deck-nine-quiet-hit",
    standfirst="No villain, no chase, a great deal of compost. A series about patience has "
    "found an audience that has some.",
    photo="garden",
    authors=("ada-placeholder", "max-mustermann"),
    titles=("the-gardeners-of-deck-nine",),
    topics=("the-craft",),
    spoiler=Spoiler.MARKED,
    published="2022-03-04 07:30",
    body=(
        prose(
            """
            Every morning the gardeners of Deck Nine report their harvest to the colony, and
            every morning nobody answers. They report all the same. It is, they say, good for the
            tomatoes.

            From this <em>The Gardeners of Deck Nine</em> draws six episodes of about forty
            minutes, in which the most violent event is a late frost. The camera is fond of hands.
            The score is three notes long and never quite repeats.

            <h2>How a set grows</h2>

            What looks like a greenhouse is, in the story of this invented production, one. The
            plants were sown before the first rehearsal and filmed as they grew, so that the
            calendar of the plot had to follow the beans. A scene that was late stayed late.

            <spoiler-box data-label="What is under the soil of Deck Nine">

            In the fourth episode the youngest gardener digs deeper than she was told to and finds
            the reason for the silence: the colony’s transmitter, buried on purpose, by the six
            themselves, before they drew lots on who should forget it. They had decided that a
            garden which waits is kinder than one which knows.

            </spoiler-box>

            You can watch it as a parable. You can also watch it as a programme about gardening
            with unusually good stars. Both views are held at our desk, and both are defended
            over lunch.
            """
        ),
    ),
)

BOX = ArticleData(
    hub="sci-fi",
    headline="Why the box stays shut until you open it",
    slug="why-the-box-stays-shut",
    standfirst="A spoiler read is a spoiler kept. Here is how we write about endings for people "
    "who haven’t got there yet.",
    authors=("ada-placeholder",),
    topics=("from-the-desk",),
    published="2022-01-11 12:00",
    body=(
        prose(
            """
            There are two honest ways to write about an ending. One is to wait until everybody
            has seen it, which is never. The other is to put a lid on it.

            We use a lid. Whatever gives something away sits in a box that says what it spoils:
            the title, and where it matters the season and the episode. The box is shut when you
            arrive and opens only if you press it.

            <h2>The rules of the house</h2>

            <ul>
            <li>A headline never tells. Nor does the line below it, nor the picture.</li>
            <li>A box names what is in it, so that you can judge whether you are far enough.</li>
            <li>Nothing from inside a box goes anywhere else: not on a front, not in a feed, not
            into the search.</li>
            <li>If a piece can’t be written without telling everything, it says so at the top, and
            all of it goes in the box.</li>
            </ul>

            <h2>And old films?</h2>

            The same. Somebody is fourteen today and will see the greatest twist of the last
            century for the first time tonight. We should like to leave it to her.
            """
        ),
    ),
)

IN_REVIEW = ArticleData(
    hub="sci-fi",
    headline="What the third series of ‘Harbour of Small Moons’ would have to do",
    slug="harbour-of-small-moons-third-series",
    standfirst="Five wishes for a series that may never come.",
    photo="station",
    titles=("harbour-of-small-moons",),
    in_review=True,
    body=(
        prose(
            """
            It has not been ordered, and it may never be. But since the last episode we have
            thought about little else, and a list has formed.

            <ol>
            <li>Keep the soup.</li>
            <li>Let somebody leave, and let it be all right.</li>
            <li>One whole episode in the lift.</li>
            <li>Explain nothing about the moons.</li>
            <li>End it there.</li>
            </ol>

            <strong>For the editor:</strong> is number four too harsh?
            """
        ),
    ),
)

ARTICLES = (ALL_OF_US, HARBOUR, SALT, GARDEN, BOX, IN_REVIEW)
