"""The scheduler's inner loops, over flat arrays of integers.

This module is written in the subset of Python that numba compiles, without depending on it: the
plain build runs it on lists, the search runs the same functions compiled on arrays
(``solution.search.compiled``). One source, so both give the same schedule.

A cycle-by-cycle list scheduler with engine choice and scratch allocation inside. One key per op
(smaller is more urgent, ties by number) orders each engine's queue. A value takes scratch from
the first issue that touches it until the last op that touches it is over; a lane-wise op whose
operand dies with it may write its result in the operand's place. With ``reverse`` the same loop
runs on the reversed graph without allocation: the backward half of justification.
"""

from typing import Any

ALU, VALU, LOAD_ENGINE, STORE_ENGINE, FLOW_ENGINE = range(5)
ALU_SLOTS, VALU_SLOTS, LOAD_SLOTS, STORE_SLOTS, FLOW_SLOTS = 12, 6, 2, 2, 1  # frozen.ops, tested
K_MADD, K_FLEX, K_LANES, K_LOAD, K_STORE, K_FLOW, K_CONST, K_FETCH, K_WORD = range(9)
Q_LOAD, Q_FLOW, Q_MADD, Q_FLEX, Q_LANES, Q_STORE = range(6)
FETCH_LANES = 8
QUANTUM = 4  # key units a cycle

HELPERS = ("insert", "remove", "place", "complete", "note", "run", "noise", "lateness", "justify")
"""Functions to compile, callees first."""


def insert(queue: Any, first: int, length: int, op: int, key: Any) -> None:
    """Put ``op`` into the sorted ``queue[first : first + length]``."""
    low, high = first, first + length
    mine = key[op]
    while low < high:
        middle = (low + high) // 2
        other = queue[middle]
        if key[other] < mine or (key[other] == mine and other < op):
            low = middle + 1
        else:
            high = middle
    for i in range(first + length, low, -1):
        queue[i] = queue[i - 1]
    queue[low] = op


def remove(queue: Any, first: int, length: int, index: int) -> None:
    """Take ``queue[first + index]`` out."""
    for i in range(first + index, first + length - 1):
        queue[i] = queue[i + 1]


def place(
    op: int, touch_ptr: Any, touch: Any, taker: Any, take_ptr: Any, take: Any, rem: Any,
    vsize: Any, vpool: Any, need: Any, base: Any, moved: Any, blocks: Any, buffers: Any, free: Any,
) -> bool:  # fmt: skip
    """Allocate what ``op`` is the first to touch; False (and nothing done) if there is no room."""
    wanted = wanted_buffers = 0
    large = donor = -1
    for i in range(touch_ptr[op], touch_ptr[op + 1]):
        value = touch[i]
        if base[value] >= 0:
            continue
        if vpool[value] == 1:
            wanted_buffers += 1
            continue
        if value == taker[op]:
            for j in range(take_ptr[op], take_ptr[op + 1]):
                if donor < 0 and rem[take[j]] == 1 and moved[take[j]] == 0:
                    donor = take[j]
            if donor >= 0:
                continue
        wanted += vsize[value]
        if vsize[value] > 1:
            large = value
    if wanted > 0 and (free[0] < wanted or free[0] < need[op]):
        return False
    if wanted_buffers > free[1]:
        return False
    if large >= 0:  # runs come from the top, single blocks from the bottom
        size = vsize[large]
        run_length = 0
        at = len(blocks)
        while at > 0 and run_length < size:
            at -= 1
            run_length = run_length + 1 if blocks[at] == 0 else 0
        if run_length < size:
            return False
        base[large] = at
        for i in range(at, at + size):
            blocks[i] = 1
    if donor >= 0:
        base[taker[op]] = base[donor]
        moved[donor] = 1
    at = buffer = 0
    for i in range(touch_ptr[op], touch_ptr[op + 1]):
        value = touch[i]
        if base[value] >= 0:
            continue
        if vpool[value] == 1:
            while buffers[buffer] != 0:
                buffer += 1
            buffers[buffer] = 1
            base[value] = buffer
        else:
            while blocks[at] != 0:
                at += 1
            blocks[at] = 1
            base[value] = at
    free[0] -= wanted
    free[1] -= wanted_buffers
    return True


def complete(
    op: int, succ_ptr: Any, succ: Any, indeg: Any, ready: Any, n_ready: int, touch_ptr: Any,
    touch: Any, rem: Any, vsize: Any, vpool: Any, base: Any, moved: Any, blocks: Any, buffers: Any,
    free: Any, reverse: bool,
) -> int:  # fmt: skip
    """``op`` is over: free what dies with it, collect who becomes ready (new ``n_ready``)."""
    if not reverse:
        for i in range(touch_ptr[op], touch_ptr[op + 1]):
            value = touch[i]
            rem[value] -= 1
            if rem[value] == 0 and moved[value] == 0:
                if vpool[value] == 1:
                    buffers[base[value]] = 0
                    free[1] += 1
                else:
                    for j in range(base[value], base[value] + vsize[value]):
                        blocks[j] = 0
                    free[0] += vsize[value]
    for i in range(succ_ptr[op], succ_ptr[op + 1]):
        other = succ[i]
        indeg[other] -= 1
        if indeg[other] == 0:
            ready[n_ready] = other
            n_ready += 1
    return n_ready


def note(
    log_op: Any, log_cycle: Any, log_engine: Any, n_log: int, op: int, cycle: int, engine: int,
    count: int,
) -> int:  # fmt: skip
    """Log ``count`` issued units (new ``n_log``)."""
    for i in range(n_log, n_log + count):
        log_op[i] = op
        log_cycle[i] = cycle
        log_engine[i] = engine
    return n_log + count


def run(graph: Any, state: Any, key: Any, reverse: bool, limit: int) -> tuple[int, int]:
    """Schedule. Returns (cycles, logged units); cycles is -1 when stuck or beyond ``limit``.

    ``graph`` and ``state`` are the tuples that ``solution.graph.arrays`` makes; ``state`` holds
    the result: start, finish, base (of each value) and the log of issued units.
    """
    (
        kind, units, stored, succ_ptr, succ, indeg0, pred_ptr, pred, outdeg0, touch_ptr, touch,
        rem0, vsize, vpool, base0, taker, take_ptr, take, need, blocks0, buffers0,
    ) = graph  # fmt: skip
    (
        start, finish, base, moved, indeg, rem, blocks, buffers, free, queue, ready, progress,
        pending, active, log_op, log_cycle, log_engine,
    ) = state  # fmt: skip
    if reverse:
        succ_ptr, succ = pred_ptr, pred
        indeg[:] = outdeg0
    else:
        indeg[:] = indeg0
        rem[:] = rem0
        base[:] = base0
        blocks[:] = blocks0
        buffers[:] = buffers0
        free[0] = len(blocks)
        free[1] = len(buffers)
        for value in range(len(base)):
            moved[value] = 0
    n = len(kind)
    length = [0, 0, 0, 0, 0, 0]
    n_ready = n_log = n_active = done = 0
    for op in range(n):
        progress[op] = 0
        pending[op] = 0
        if indeg[op] == 0:
            ready[n_ready] = op
            n_ready += 1
    cycle = -1
    while done < n:
        cycle += 1
        if cycle >= limit:
            return -1, n_log
        for i in range(n_ready):
            op = ready[i]
            what = kind[op]
            row = Q_LANES
            if what in (K_LOAD, K_CONST, K_FETCH):
                row = Q_LOAD
            elif what == K_FLOW:
                row = Q_FLOW
            elif what == K_MADD:
                row = Q_MADD
            elif what == K_FLEX:
                row = Q_FLEX
            elif what == K_STORE:
                row = Q_STORE
            insert(queue, row * n, length[row], op, key)
            length[row] += 1
        n_ready = 0
        alu, valu, load, store, flow = ALU_SLOTS, VALU_SLOTS, LOAD_SLOTS, STORE_SLOTS, FLOW_SLOTS
        before = n_log
        # What has begun goes on first: fetches, then lanes, loads and stores of split ops.
        for sweep in range(2):
            for i in range(n_active):
                op = active[i]
                if op < 0 or (kind[op] == K_FETCH) != (sweep == 0):
                    continue
                over = False
                if sweep == 0:
                    for half in range(2):
                        if pending[op] == half or progress[op] == FETCH_LANES:
                            continue
                        # The halves of a lane: load, then out of the strip; reversed the other
                        # way round. half 0 ends a lane that is under way, half 1 begins the next.
                        if (half == 1) != reverse:
                            if load == 0:
                                break
                            load -= 1
                            n_log = note(
                                log_op, log_cycle, log_engine, n_log, op, cycle, LOAD_ENGINE, 1
                            )
                        else:
                            if alu == 0 or (stored[op] == 1 and store == 0):
                                break
                            alu -= 1
                            n_log = note(log_op, log_cycle, log_engine, n_log, op, cycle, ALU, 1)
                            if stored[op] == 1:
                                store -= 1
                                n_log = note(
                                    log_op, log_cycle, log_engine, n_log, op, cycle, STORE_ENGINE, 1
                                )
                        pending[op] = half
                        if half == 0:
                            progress[op] += 1
                    over = progress[op] == FETCH_LANES
                else:
                    left = units[op] - progress[op]
                    if kind[op] == K_LOAD:
                        left = min(left, load)
                        load -= left
                        engine = LOAD_ENGINE
                    elif kind[op] == K_STORE:
                        left = min(left, store)
                        store -= left
                        engine = STORE_ENGINE
                    else:
                        left = min(left, alu)
                        alu -= left
                        engine = ALU
                    n_log = note(log_op, log_cycle, log_engine, n_log, op, cycle, engine, left)
                    progress[op] += left
                    over = progress[op] == units[op]
                if over:
                    active[i] = -1
                    finish[op] = cycle
                    done += 1
                    n_ready = complete(
                        op, succ_ptr, succ, indeg, ready, n_ready, touch_ptr, touch, rem,
                        vsize, vpool, base, moved, blocks, buffers, free, reverse,
                    )  # fmt: skip
        kept = 0
        for i in range(n_active):
            if active[i] >= 0:
                active[kept] = active[i]
                kept += 1
        n_active = kept
        # New ops, engine by engine: flow (constants take what is left of it), valu (what cannot go
        # elsewhere first), load, store, alu.
        for step in range(8):
            row = Q_FLOW
            if step in (1, 4):
                row = Q_LOAD
            elif step == 2:
                row = Q_MADD
            elif step in (3, 7):
                row = Q_FLEX
            elif step == 5:
                row = Q_STORE
            elif step == 6:
                row = Q_LANES
            first = row * n
            at = 0
            while at < length[row]:
                op = queue[first + at]
                what = kind[op]
                room = alu
                engine = ALU
                if step in (0, 1):
                    room = flow
                    engine = FLOW_ENGINE
                    if step == 1 and what != K_CONST:
                        at += 1
                        continue
                elif step in (2, 3):
                    room = valu
                    engine = VALU
                elif step == 4:
                    room = load
                    engine = LOAD_ENGINE
                elif step == 5:
                    room = store
                    engine = STORE_ENGINE
                elif step == 6 and what == K_WORD and flow > 0:
                    room = flow
                    engine = FLOW_ENGINE
                fetch = what == K_FETCH
                if fetch and reverse:  # backwards a fetch begins with its last lane's way out
                    room = min(alu, store) if stored[op] == 1 else alu
                    engine = ALU
                if room == 0:
                    if (step == 4 and reverse) or (step == 6 and flow > 0):
                        at += 1  # another kind in this queue may still have room
                        continue
                    break
                if not reverse and not place(
                    op, touch_ptr, touch, taker, take_ptr, take, rem, vsize, vpool, need, base,
                    moved, blocks, buffers, free,
                ):  # fmt: skip
                    at += 1
                    continue
                total = units[op]
                count = 1 if engine in (VALU, FLOW_ENGINE) or fetch else min(total, room)
                n_log = note(log_op, log_cycle, log_engine, n_log, op, cycle, engine, count)
                if engine == FLOW_ENGINE:
                    flow -= 1
                elif engine == VALU:
                    valu -= 1
                elif engine == LOAD_ENGINE:
                    load -= count
                elif engine == STORE_ENGINE:
                    store -= count
                else:
                    alu -= count
                    if fetch and stored[op] == 1:
                        store -= 1
                        n_log = note(
                            log_op, log_cycle, log_engine, n_log, op, cycle, STORE_ENGINE, 1
                        )
                start[op] = cycle
                remove(queue, first, length[row], at)
                length[row] -= 1
                if fetch:
                    pending[op] = 1
                if fetch or (engine not in (VALU, FLOW_ENGINE) and count < total):
                    if not fetch:
                        progress[op] = count
                    active[n_active] = op
                    n_active += 1
                else:
                    progress[op] = total
                    finish[op] = cycle
                    done += 1
                    n_ready = complete(
                        op, succ_ptr, succ, indeg, ready, n_ready, touch_ptr, touch, rem,
                        vsize, vpool, base, moved, blocks, buffers, free, reverse,
                    )  # fmt: skip
        if n_log == before and n_active == 0 and n_ready == 0:
            return -1, n_log
    return cycle + 1, n_log


def noise(state: int) -> int:
    """The next state of a linear congruential generator (31 bits)."""
    return (state * 1103515245 + 12345) & 0x7FFFFFFF


def justify(
    graph: Any, state: Any, key: Any, best: Any, rounds: int, window: int, since: int, seed: int,
    limit: int,
) -> tuple[int, int]:  # fmt: skip
    """Forward/backward justification from ``key``; ``best`` gets the best keys met.

    Each round schedules the reversed graph without allocation, most urgent what finished last;
    its start times, blurred by up to ``window`` key units from the cycle ``since`` on, are the
    next forward keys.
    Returns (cycles, tail): ``tail`` sums how far finishes reach into the last cycles, a gradient
    on plateaus. Cycles is -1 if even ``key`` gets stuck.
    """
    n = len(key)
    finish = state[1]
    best[:] = key
    cycles, _ = run(graph, state, key, False, limit)
    if cycles < 0:
        return -1, 0
    tail = lateness(finish, cycles)
    for _ in range(rounds):
        for op in range(n):
            key[op] = -finish[op]
        length, _ = run(graph, state, key, True, limit * 2)
        if length < 0:
            break
        for op in range(n):
            key[op] = (length - 1 - finish[op]) * QUANTUM
            if window > 0 and key[op] >= since * QUANTUM:
                seed = noise(seed)
                key[op] += (seed >> 8) % window
        found, _ = run(graph, state, key, False, limit)
        if found < 0:
            key[:] = best
            found, _ = run(graph, state, key, False, limit)
        late = lateness(finish, found)
        if found < cycles or (found == cycles and late <= tail):
            cycles, tail = found, late
            best[:] = key
    return cycles, tail


def lateness(finish: Any, cycles: int) -> int:
    """How far finishes reach into the last dozen cycles, summed."""
    total = 0
    for op in range(len(finish)):
        if finish[op] > cycles - 12:
            total += finish[op] - (cycles - 12)
    return total
