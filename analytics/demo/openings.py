"""How eight other students introduce themselves, in words: what teachers have to rate beside Sam's answers.

Written for the demonstration, as those of `spoken`. They fit any of the demo's interviews, and differ in what a rubric
looks at: an example or none, a thread or none, to the point or beside it.
"""

from __future__ import annotations

from collections.abc import Mapping

OPENINGS: Mapping[str, str] = {
    "Aisha Rahman": """
My name is Aisha, / I am twenty, and for two years I have looked after the till of my uncle's bakery on Saturdays. /
One morning the card machine broke, / with a queue to the door. / I wrote every order down by hand, / let people I knew
pay the week after, / and we lost nothing in the end. / That is how I like to work: / calm, and with a plan. / I would
like to do this in a larger team now.
""",
    "Ben Carter": """
Yeah, so, um, I'm Ben. / I don't really know what to say about me. / I like football, / and, um, I play a lot with my
friends. // And school was okay, I guess. / I'm looking for something to do after the summer.
""",
    "Clara Hoffmann": """
I am Clara, I come from a family of four, / and there is always somebody who needs something. / Maybe that is why I
listen well. / In my last placement I sat with an older lady who did not want to eat. / I asked her what she used to
cook, / and she told me about dumplings for half an hour, / and then she ate. / I want to learn more about moments like
this one.
""",
    "Elif Demir": """
Good afternoon. / I finished school last year with a focus on business, / and since then I have worked in the office of
a removal firm, / answering the phone and planning the tours. / I think I am organised, reliable and a quick learner. /
I also speak Turkish and some Spanish.
""",
    "Ibrahim Diallo": """
So, I'm Ibrahim. / First I did a year of electronics, and then, um, I stopped, / because I noticed that I like to be
with people more than with boards. / Then I helped in my aunt's restaurant, / but before that I was also at the sports
club, / I trained the small ones there. / And now I'm here. / Oh, and in between I did the driving licence.
""",
    "Mei Lin": """
My name is Mei. / I would describe myself with one story. / At the school fair our stall had no power for the
projector. / I asked the caretaker for a cable, / moved us next to the kitchen, / and told everybody at the entrance
where we were now. / In the end we had the most visitors. / I look for what can be done, / and I tell people what I do.
""",
    "Priya Nair": """
Thank you for inviting me. / I am Priya, I am nineteen. / I looked at your page, / and I liked that you train people
yourselves. / I have no experience in this job yet, / but I have cared for my grandmother for three years, / her
medicine, her appointments, the phone calls. / I know how to keep a list, and how to stay friendly when it is late.
""",
    "Tom Hughes": """
I'm Tom, / I have worked in a warehouse, in a garage, in a call centre, and, um, in a supermarket. / I get on with
everybody. / People say I am, like, the one who makes them laugh. // What else. / I am always on time.
""",
}
"""Texts by the name of the person."""
