import pytest

from tutor.bench.simulation.costs import BASE, TURBO, MeasuredCosts, h200
from tutor.bench.simulation.designs import ASSUMPTIONS, Bound, Design, Rule
from tutor.bench.simulation.simulate import designs
from tutor.bench.simulation.simulation import Simulation, most_sessions

COSTS = MeasuredCosts({"partial": 0.13, "final": 0.33})

RULES: tuple[Rule, ...] = ("groups", "coalescer")

CPU = Design("two cores", "alone", 2, 1, COSTS, 0.003, shares_device=False)


def test_a_lone_learner_waits_for_the_endpoint_alone() -> None:
    """A final begun at the pause is there when the silence is over: 0.5 s, as it is measured."""
    outcome = Simulation(CPU, 1, silence_s=0.5).run(120)
    assert outcome.final_p50_s == pytest.approx(0.5, abs=0.01)
    assert outcome.partials_per_s > 2
    assert outcome.partial_p50_s == pytest.approx(0.13 + 0.008 + 0.003, abs=0.01)


def test_a_costly_final_is_waited_for() -> None:
    """Nothing hides what takes longer than the silence: pause, two hops, the interpreter, the
    work."""
    slow = Design("slow", "alone", 2, 1, MeasuredCosts({"partial": 0.1, "final": 1.0}), 0.003)
    outcome = Simulation(slow, 1).run(120)
    assert outcome.final_p50_s == pytest.approx(0.132 + 0.008 + 0.003 + 1.0, abs=0.15)


def test_more_learners_get_fewer_partials_and_later_finals() -> None:
    """Partials give way first; then finals come later; the cores are never busier than they are
    many."""
    few, some, many = (Simulation(CPU, count).run(90) for count in (2, 10, 40))
    assert few.partials_per_s > some.partials_per_s > many.partials_per_s
    assert few.final_p95_s <= some.final_p95_s < many.final_p95_s
    assert few.device_busy < some.device_busy < many.device_busy <= 2.01


def test_the_same_seed_gives_the_same_figures() -> None:
    """Chance comes from the seed alone."""
    assert Simulation(CPU, 5, seed=3).run(20) == Simulation(CPU, 5, seed=3).run(20)
    assert Simulation(CPU, 5, seed=3).run(20) != Simulation(CPU, 5, seed=4).run(20)


def test_a_call_costs_what_is_in_it() -> None:
    """More members, a longer window, more tokens, a wider beam and a larger model cost more; a
    batch less than its members alone."""
    costs = h200()
    one = costs.call("final", 8, 1, 20)
    batch = costs.call("final", 8, 32, 20)
    assert batch.device_s > one.device_s
    assert batch.device_s + batch.alone_s < 32 * (one.device_s + one.alone_s) / 2
    assert costs.call("final", 16, 32, 20).device_s > batch.device_s
    assert costs.call("final", 8, 32, 40).device_s > batch.device_s
    assert costs.call("partial", 8, 32, 20).device_s < batch.device_s
    assert (
        h200(BASE).call("partial", 4, 32, 10).device_s
        < h200(TURBO).call("partial", 4, 32, 10).device_s
    )


def test_languages_cost_groups_and_not_a_coalescer() -> None:
    """Eight languages split what one process calls together today, and partials come more seldom;
    who may mix them does not care."""
    often = {}
    for rule in RULES:
        for languages in (1, 8):
            design = Design("x", rule, 1, 32, h200(), 0.0, languages)
            often[rule, languages] = Simulation(design, 40).run(5).partials_per_s
    assert often["groups", 8] < 0.9 * often["groups", 1]
    assert often["coalescer", 8] == pytest.approx(often["coalescer", 1], rel=0.05)


def test_capacity_is_the_last_that_holds() -> None:
    """The search ends at the first number that is too many."""
    most, outcomes = most_sessions(CPU, Bound(1.0, 1.0), (1, 4, 40, 50), 40)
    assert most == 4
    assert [outcome.sessions for outcome in outcomes] == [1, 4, 40]


def test_what_is_simulated_says_on_what_it_rests() -> None:
    """The assumptions tell that no GPU was measured; the first design is today's."""
    assert any("not measured" in line for line in ASSUMPTIONS)
    assert designs()[0].rule == "groups"
    assert designs()[0].processes == 1
