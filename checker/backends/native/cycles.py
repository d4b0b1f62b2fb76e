"""Fair cycles among the states that a search has found: what `checker.liveness.components` does, for millions.

Kernels, as in `runtime`. The states in which something is pending are numbered anew, as *nodes*; their steps to each
other are stored, and then decomposed: strongly connected parts by Tarjan's algorithm, its stack in memory.
"""

from __future__ import annotations

import ctypes
from typing import Final

from checker.backends.native.intrinsics import load, load8, load32, prefetch, store, store8, store32
from checker.backends.native.passes import position
from checker.backends.native.runtime import BATCH, K, Search, all_steps, find, hashed, home

FINISHED: Final = 0xFFFFFFFF  # in `index`: the node is in a part that is done with, or in none that counts
ROOT: Final = -1  # in `came`: the way begins here


class Cycles(ctypes.Structure):
    """The graph of what is pending, and a decomposition; numbers, and addresses (entry size in bytes)."""

    _fields_ = [
        (name, ctypes.c_int64)
        for name in (
            "nodes",  # how many there are
            "numbers",  # of each node, the number of its state (4)
            "at",  # where a state is in the table: its node + 1; 0 if it is none (4)
            "roots",  # the nodes in which the wait begins (4)
            "begun",  # how many these are
            "held",  # how many states the trigger holds in
            "edges",  # how many there are
            "offsets",  # of each node, its first edge (8)
            "targets",  # nodes (4)
            "taken",  # actions (1, or 4 if `wide`)
            "wide",
            "does",  # by action, the fairness conditions it meets (8)
            "enabled",  # by node, the conditions enabled there (8)
            "weak",
            "strong",
            "index",  # by node: 0 before it is found, the order in which it was, at last FINISHED (4)
            "found",  # how many were found
            "stack",  # nodes whose part is not yet known (4)
            "path",  # nodes on the way to where the search is (4)
            "lows",  # the least index they reach (4)
            "nexts",  # the edge to go on with (8)
            "part",  # by node, the number of its fair part, 0 if it is in none (4)
            "parts",
            "again",  # nodes to be decomposed once more (4)
            "left",  # how many
            "came",  # by node: the edge + 1 by which the way came there, or ROOT (8)
            "queue",  # nodes (4)
        )
    ]


def holds_lives(state: int, old: int) -> int:
    """Return which conditions of liveness properties hold."""
    raise NotImplementedError


# --- the graph ---------------------------------------------------------------------------------


def pending(s: Search, c: Cycles, trigger: int, goal: int, initial: int) -> None:
    """Make nodes of the states without `goal`; the wait begins in those with `trigger`, of number < `initial`."""
    number = 0
    while number < s.count:
        first = c.nodes
        n = 0
        while number < s.count and n < BATCH:
            state = s.states + 8 * K * number
            holds = holds_lives(state, state)
            if holds & trigger == trigger and number < initial:
                c.held = c.held + 1
                if not holds & goal:
                    store32(c.roots + 4 * c.begun, first + n)
                    c.begun = c.begun + 1
            if not holds & goal:
                store32(c.numbers + 4 * (first + n), number)
                h = hashed(state)
                store(s.hashes + 8 * n, h)
                prefetch(home(s.table, s.buckets, h))
                n += 1
            number += 1
        for j in range(n):
            state = s.states + 8 * K * load32(c.numbers + 4 * (first + j))
            place = find(s.table, s.buckets, s.states, load(s.hashes + 8 * j), state)
            store32(c.at + 4 * position(s, place), first + j + 1)
        c.nodes = first + n


def connect(s: Search, c: Cycles, fails: int, counts: int) -> None:
    """Store the steps between nodes, and what is enabled in each, by all its steps."""
    node = 0
    edges = 0
    while node < c.nodes:
        n = 0
        first = node
        while node < c.nodes and n < BATCH:
            number = load32(c.numbers + 4 * node)
            more = all_steps(s, s.states + 8 * K * number, n, fails, counts, number)
            for j in range(n, n + more):
                h = hashed(s.out + 8 * K * j)
                bucket = home(s.table, s.buckets, h)
                store(s.origins + 8 * j, node)
                store(s.hashes + 8 * j, h)
                prefetch(bucket)
                prefetch(c.at + 4 * position(s, bucket))
            n += more
            node += 1
        following = first
        for j in range(n):
            while following <= load(s.origins + 8 * j):
                store(c.offsets + 8 * following, edges)
                following += 1
            action = load32(s.taken + 4 * j)
            enabled = c.enabled + 8 * load(s.origins + 8 * j)
            store(enabled, load(enabled) | load(c.does + 8 * action))
            place = find(s.table, s.buckets, s.states, load(s.hashes + 8 * j), s.out + 8 * K * j)
            target = load32(c.at + 4 * position(s, place))
            if target:
                store32(c.targets + 4 * edges, target - 1)
                if c.wide:
                    store32(c.taken + 4 * edges, action)
                else:
                    store8(c.taken + edges, action)
                edges += 1
        while following < node:
            store(c.offsets + 8 * following, edges)
            following += 1
    store(c.offsets + 8 * node, edges)
    c.edges = edges


# --- the decomposition -------------------------------------------------------------------------


def decompose(c: Cycles, roots: int, count: int) -> None:
    """Decompose what the nodes at `roots` lead to without passing a finished one.

    What is in a fair part gets its number; what may have a fair part in it that strong fairness allows is left in
    `again`, to be decomposed on its own when all else is finished.
    """
    for i in range(count):
        root = load32(roots + 4 * i)
        if load32(c.index + 4 * root) == 0:
            explore(c, root)


def explore(c: Cycles, root: int) -> None:
    """Decompose what a node leads to."""
    height = 0
    depth = 0
    node = root
    entered = 1
    while 1:
        if entered:
            c.found = c.found + 1
            store32(c.index + 4 * node, c.found)
            store32(c.stack + 4 * height, node)
            height += 1
            store32(c.path + 4 * depth, node)
            store32(c.lows + 4 * depth, c.found)
            edge = load(c.offsets + 8 * node)
            end = load(c.offsets + 8 * (node + 1))
            for i in range(edge, end):
                prefetch(c.index + 4 * load32(c.targets + 4 * i))
        else:
            edge = load(c.nexts + 8 * depth)
            end = load(c.offsets + 8 * (node + 1))
        low = load32(c.lows + 4 * depth)
        entered = 0
        while edge < end and not entered:
            target = load32(c.targets + 4 * edge)
            index = load32(c.index + 4 * target)
            if index == 0:
                store(c.nexts + 8 * depth, edge + 1)
                store32(c.lows + 4 * depth, low)
                depth += 1
                node = target
                entered = 1
            else:
                low = index if index < low else low
                edge += 1
        if entered:
            continue
        if low == load32(c.index + 4 * node):
            height = close(c, node, height)
        if depth == 0:
            break
        depth -= 1
        node = load32(c.path + 4 * depth)
        if low < load32(c.lows + 4 * depth):
            store32(c.lows + 4 * depth, low)


def close(c: Cycles, root: int, height: int) -> int:
    """Judge the part that ends the stack, from `root` on; return where the stack ends without it."""
    begin = height - 1
    always = -1
    sometime = 0
    while 1:
        node = load32(c.stack + 4 * begin)
        enabled = load(c.enabled + 8 * node)
        always = always & enabled
        sometime = sometime | enabled
        if node == root:
            break
        begin -= 1
    lacking = lacked(c, begin, height, (c.weak & always) | (c.strong & sometime))
    starved = c.strong & lacking
    if lacking == 0:
        c.parts = c.parts + 1
    for i in range(begin, height):
        node = load32(c.stack + 4 * i)
        store32(c.index + 4 * node, FINISHED)
        if lacking == 0:
            store32(c.part + 4 * node, c.parts)
        if not c.weak & always & lacking and starved and not load(c.enabled + 8 * node) & starved:
            store32(c.again + 4 * c.left, node)
            c.left = c.left + 1
    return begin


def lacked(c: Cycles, begin: int, height: int, wanted: int) -> int:
    """Return which of the conditions no step within a part meets: of those that the stack holds from `begin` on."""
    for i in range(begin, height):
        if wanted == 0:
            break
        node = load32(c.stack + 4 * i)
        for edge in range(load(c.offsets + 8 * node), load(c.offsets + 8 * (node + 1))):
            if load32(c.index + 4 * load32(c.targets + 4 * edge)) != FINISHED:
                wanted = wanted & ~load(c.does + 8 * action_of(c, edge))
    return wanted


def action_of(c: Cycles, edge: int) -> int:
    """Return the action that an edge takes."""
    if c.wide:
        return load32(c.taken + 4 * edge)
    return load8(c.taken + edge)


def reopen(c: Cycles, nodes: int, count: int) -> None:
    """Make finished nodes such as have not been found."""
    for i in range(count):
        store32(c.index + 4 * load32(nodes + 4 * i), 0)


# --- the way -----------------------------------------------------------------------------------


def stem(c: Cycles, due: int, depths: int) -> int:
    """Go forward from all roots at once to the first node of a fair part, which is returned.

    `due` says how many roots have begun at each of `depths` depths; each begins when its depth is reached.
    """
    begin = 0
    end = 0
    begun = 0
    depth = 0
    while begin < end or begun < c.begun:
        limit = load(due + 8 * (depth if depth < depths else depths - 1))
        while begun < limit:
            root = load32(c.roots + 4 * begun)
            begun += 1
            if load(c.came + 8 * root) == 0:
                store(c.came + 8 * root, ROOT)
                store32(c.queue + 4 * end, root)
                end += 1
        stop = end
        for i in range(begin, stop):
            if load32(c.part + 4 * load32(c.queue + 4 * i)):
                return load32(c.queue + 4 * i)
        for i in range(begin, stop):
            node = load32(c.queue + 4 * i)
            for edge in range(load(c.offsets + 8 * node), load(c.offsets + 8 * (node + 1))):
                target = load32(c.targets + 4 * edge)
                if load(c.came + 8 * target) == 0:
                    store(c.came + 8 * target, edge + 1)
                    store32(c.queue + 4 * end, target)
                    end += 1
        begin = stop
        depth += 1
    return -1
