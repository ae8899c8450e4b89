"""The demo's hubs, topics, authors, titles, photos and polls, by their slugs or names."""

from articles.demo.texts.schema import PhotoData, PollData, TitleData

CREDIT = "Illustration: Newsroom demo"

#: Name, description and accent, in the masthead's order.
HUBS = {
    "sci-fi": (
        "Sci-Fi",
        "Stations, sleepers and the end of the world: series, films and books about what comes "
        "after tomorrow.",
        "teal",
    ),
    "film": (
        "Film",
        "What is worth a coat, a ticket and two hours in the dark, and what can wait.",
        "crimson",
    ),
    "games": (
        "Games",
        "Large worlds, small worlds and the ones you meant to leave an hour ago.",
        "violet",
    ),
}

TOPICS = {
    "from-the-desk": ("From the desk", "How we work, and why."),
    "reader-polls": ("Reader polls", "We asked. You answered. Here is what came of it."),
    "reviews": ("Reviews", "Opinions with reasons."),
    "season-endings": (
        "Season endings",
        "Last episodes, last pages and last levels, always behind a warning.",
    ),
    "the-craft": ("The craft", "How stories are lit, cut, scored, drawn and held together."),
}

#: Name, role, biography and photo.
AUTHORS = {
    "ada-placeholder": (
        "Ada Placeholder",
        "Series and books",
        "Ada Placeholder is a demo byline. Nobody by this name writes here: she keeps the place "
        "for the first real author, and asks only to be replaced.",
        "ada",
    ),
    "max-mustermann": (
        "Max Mustermann",
        "Film and games",
        "Max Mustermann is a demo byline, named after the gentleman on every specimen form. He "
        "has never missed a deadline, since he has never had one.",
        "max",
    ),
}

_ELSEWHERE = "https://www.example.com/"

TITLES = {
    "all-of-us-are-dead": TitleData(
        name="All of Us Are Dead",
        original_name="지금 우리 학교는",
        kind="series",
        year=2022,
        released="2022-01-28",
        episodes=12,
        description="A Korean zombie series in twelve episodes.",
        photo="school",
        availability={"Netflix": "https://www.netflix.com/"},
    ),
    "harbour-of-small-moons": TitleData(
        name="Harbour of Small Moons",
        kind="series",
        year=2021,
        episodes=16,
        description="The night shift of a freight station looks after ships, cargo and one "
        "another. Invented for this demo.",
        photo="station",
        availability={"Channel Example": _ELSEWHERE, "Specimen Player": _ELSEWHERE},
    ),
    "the-salt-meridian": TitleData(
        name="The Salt Meridian",
        kind="book",
        year=2021,
        description="A lighthouse keeper stays at her post after the sea has gone. A novel "
        "invented for this demo.",
        photo="lighthouse",
        availability={"Example Books": _ELSEWHERE},
    ),
    "the-gardeners-of-deck-nine": TitleData(
        name="The Gardeners of Deck Nine",
        kind="series",
        year=2022,
        episodes=6,
        description="Six gardeners under glass grow food for a colony that has stopped "
        "answering. Invented for this demo.",
        photo="garden",
        availability={"Specimen Player": _ELSEWHERE},
    ),
    "the-last-train-to-windermoor": TitleData(
        name="The Last Train to Windermoor",
        kind="film",
        year=2022,
        description="Nine passengers, one night, a line that closes in the morning. Invented "
        "for this demo.",
        photo="train",
        availability={"In Example cinemas": _ELSEWHERE},
    ),
    "a-map-of-the-rain": TitleData(
        name="A Map of the Rain",
        kind="film",
        year=2021,
        description="A surveyor is hired to draw a city that floods by the hour. Invented for "
        "this demo.",
        photo="rain",
        availability={"Channel Example": _ELSEWHERE},
    ),
    "parasol-country": TitleData(
        name="Parasol Country",
        kind="film",
        year=2022,
        description="Two sisters drive an ice-cream van across a desert. Invented for this demo.",
        photo="desert",
    ),
    "brackenmoor-post": TitleData(
        name="Brackenmoor Post",
        kind="game",
        year=2022,
        description="You deliver letters in a valley where everybody knows what is in them. "
        "Invented for this demo.",
        photo="valley",
        availability={"Example Arcade": _ELSEWHERE},
    ),
    "fathom-street": TitleData(
        name="Fathom Street",
        kind="game",
        year=2022,
        description="A diver maps the drowned street where she grew up. Invented for this demo.",
        photo="fathom",
        availability={"Example Arcade": _ELSEWHERE},
    ),
    "pocket-archipelago": TitleData(
        name="Pocket Archipelago",
        kind="game",
        year=2022,
        description="Build islands the size of a tablecloth and see who moves in. Invented for "
        "this demo.",
        photo="islands",
        availability={"Example Arcade": _ELSEWHERE},
    ),
}

PHOTOS = {
    "ada": PhotoData("Drawn portrait of a woman with a dark bob and round glasses."),
    "arcade": PhotoData(
        "Five arcade machines in a dark room; the screen of the middle one is lit.",
        "One more go: the machine in the middle always knows.",
    ),
    "ballot": PhotoData(
        "Coloured slips of paper drop into a ballot box.",
        "Two possible answers, one clear result.",
    ),
    "desert": PhotoData(
        "A straight road leads into a huge striped evening sun, cacti on both sides.",
        "The road has one bend, and the film saves it for the end of the first hour.",
    ),
    "door": PhotoData(
        "A small figure stands before a tall door full of light.",
        "The door on the lowest deck.",
    ),
    "fathom": PhotoData(
        "A diver with a lamp swims above the gables of a drowned street.",
        "Number 14 is the one with the light in the attic.",
    ),
    "garden": PhotoData(
        "Three glass domes full of trees on a red moon under the stars.",
        "Deck Nine in the evening, when the lamps stay on for the trees.",
    ),
    "islands": PhotoData(
        "Small square islands with trees in a turquoise sea; a white tower on the largest.",
        "Five islands, one tower, no plan.",
    ),
    "lighthouse": PhotoData(
        "A striped lighthouse shines over a dry white plain, two moons in a red sky.",
        "The lamp still turns. Nobody is left to be warned.",
    ),
    "max": PhotoData("Drawn portrait of a man with a white beard and a flat cap."),
    "rain": PhotoData(
        "A figure under a red umbrella before a city at night in the rain.",
        "Every street in the film was built indoors, and every one leaks.",
    ),
    "reel": PhotoData(
        "Poster of a film reel before an orange disc, a ribbon of film below it.",
        "A reel runs for about as long as a cup of tea stays warm.",
    ),
    "school": PhotoData("A large school building at night before a full moon, no light in it."),
    "seats": PhotoData(
        "Rows of red cinema seats before a bright screen; one of them is taken.",
        "The best seat in the house, according to its occupant.",
    ),
    "station": PhotoData(
        "A ring-shaped space station before a banded orange planet.",
        "The harbour: forty-four berths, and rarely a quiet one.",
    ),
    "train": PhotoData(
        "A red night train crosses a viaduct before snowy mountains.",
        "Carriage three, where the film spends most of its night.",
    ),
    "valley": PhotoData(
        "A valley in large pixels: a lit cottage, a path with lanterns, hills at dusk.",
        "The last house of the round. Bring biscuits.",
    ),
}

#: The polls about “All of Us Are Dead” are true to the series; the numbers are invented.
POLLS = {
    "all-of-us-are-dead-second-season": PollData(
        question="Should there be a second season of ‘All of Us Are Dead’?",
        choices={"Yes, I want to see more": 835, "No, it should end there": 165},
        opens="2022-01-31 12:00",
        closes="2022-02-01 09:00",
    ),
    "the-promise": PollData(
        question="On the roof, Nam-ra promises to be back. Do you believe her?",
        choices={"She will be back": 34, "It was a farewell": 21, "Ask me in a year": 9},
        spoiler_warning="The last minute of All of Us Are Dead, season 1 episode 12",
        opens="2022-02-02 10:00",
    ),
    "your-seat": PollData(
        question="Where do you sit in the cinema?",
        introduction="Habits count, not ideals. If you have two, tick both.",
        choices={
            "The middle of the middle": 41,
            "The aisle": 29,
            "The back row": 23,
            "The front": 8,
            "Wherever my coat fits": 17,
        },
        max_choices=2,
        shown="always",
        opens="2022-02-24 18:45",
    ),
}
