"""Scratch: a value gets its place when an op first touches it, and gives it back at the last."""

from .state import GraphArrays, State


def place(graph: GraphArrays, state: State, op: int) -> bool:
    """Allocate what ``op`` is the first to touch; False (and nothing done) if there is no room."""
    touch, base, pool, size = graph.touch, state.base, graph.pool, graph.size
    first, end = graph.touch_ptr[op], graph.touch_ptr[op + 1]
    wanted = wanted_buffers = unplaced = 0
    large = donor = -1
    for i in range(first, end):
        value = touch[i]
        if base[value] >= 0:
            continue
        unplaced += 1
        if pool[value] == 1:
            wanted_buffers += 1
            continue
        if value == graph.taker[op]:
            for j in range(graph.take_ptr[op], graph.take_ptr[op + 1]):
                operand = graph.take[j]
                if donor < 0 and state.alive[operand] == 1 and state.moved[operand] == 0:
                    donor = operand
            if donor >= 0:
                continue
        wanted += size[value]
        if size[value] > 1:
            large = value
    if unplaced == 0:
        return True
    if wanted > 0 and (state.free[0] < wanted or state.free[0] < graph.need[op]):
        return False
    if wanted_buffers > state.free[1]:
        return False
    blocks = state.block_used
    if large >= 0:  # runs come from the top, single blocks from the bottom
        run_length = 0
        at = len(blocks)
        while at > 0 and run_length < size[large]:
            at -= 1
            run_length = run_length + 1 if blocks[at] == 0 else 0
        if run_length < size[large]:
            return False
        base[large] = at
        for i in range(at, at + size[large]):
            blocks[i] = 1
    if donor >= 0:
        base[graph.taker[op]] = base[donor]
        state.moved[donor] = 1
    at = buffer = 0
    for i in range(first, end):
        value = touch[i]
        if base[value] >= 0:
            continue
        if pool[value] == 1:
            while state.buffer_used[buffer] != 0:
                buffer += 1
            state.buffer_used[buffer] = 1
            base[value] = buffer
        else:
            while blocks[at] != 0:
                at += 1
            blocks[at] = 1
            base[value] = at
    state.free[0] -= wanted
    state.free[1] -= wanted_buffers
    return True


def release(graph: GraphArrays, state: State, op: int) -> None:
    """``op`` is over: free the places of the values that it is the last to touch."""
    for i in range(graph.touch_ptr[op], graph.touch_ptr[op + 1]):
        value = graph.touch[i]
        state.alive[value] -= 1
        if state.alive[value] == 0 and state.moved[value] == 0:
            at = state.base[value]
            if graph.pool[value] == 1:
                state.buffer_used[at] = 0
                state.free[1] += 1
            else:
                for j in range(at, at + graph.size[value]):
                    state.block_used[j] = 0
                state.free[0] += graph.size[value]
