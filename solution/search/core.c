/* The scheduler of solution/graph/core once more, in C, for the search only: function for
   function the same, and the same schedules to the last op (tests/solution/test_scheduler.py).
   solution/search/compiled.py puts the header in front: engines, kinds, queues, slots, steps and
   the two structs of arrays, all made from the Python tables. */

static void insert(word *queue, int length, int op, const word *key) {
    int low = 0, high = length;
    word mine = key[op];
    while (low < high) {
        int middle = (low + high) / 2, other = queue[middle];
        if (key[other] < mine || (key[other] == mine && other < op))
            low = middle + 1;
        else
            high = middle;
    }
    memmove(queue + low + 1, queue + low, (length - low) * sizeof *queue);
    queue[low] = op;
}

static void take_out(word *queue, int length, int index) {
    memmove(queue + index, queue + index + 1, (length - index - 1) * sizeof *queue);
}

static void enqueue(const struct graph *g, struct state *s, const word *key) {
    for (int i = 0; i < s->counts[READY]; i++) {
        int op = s->ready[i], row = QUEUE_OF[g->kind[op]];
        insert(s->queue + row * g->ops, s->length[row]++, op, key);
    }
    s->counts[READY] = 0;
}

static int place(const struct graph *g, struct state *s, int op) {
    int wanted = 0, wanted_buffers = 0, unplaced = 0, large = -1, donor = -1;
    int first = g->touch_ptr[op], end = g->touch_ptr[op + 1];
    for (int i = first; i < end; i++) {
        int value = g->touch[i];
        if (s->base[value] >= 0)
            continue;
        unplaced++;
        if (g->pool[value] == 1) {
            wanted_buffers++;
            continue;
        }
        if (value == g->taker[op]) {
            for (int j = g->take_ptr[op]; j < g->take_ptr[op + 1] && donor < 0; j++)
                if (s->alive[g->take[j]] == 1 && s->moved[g->take[j]] == 0)
                    donor = g->take[j];
            if (donor >= 0)
                continue;
        }
        wanted += g->size[value];
        if (g->size[value] > 1)
            large = value;
    }
    if (unplaced == 0)
        return 1;
    if (wanted > 0 && (s->free[0] < wanted || s->free[0] < g->need[op]))
        return 0;
    if (wanted_buffers > s->free[1])
        return 0;
    if (large >= 0) { /* runs come from the top, single blocks from the bottom */
        int size = g->size[large], run = 0, at = g->blocks;
        while (at > 0 && run < size)
            run = s->block_used[--at] == 0 ? run + 1 : 0;
        if (run < size)
            return 0;
        s->base[large] = at;
        for (int i = at; i < at + size; i++)
            s->block_used[i] = 1;
    }
    if (donor >= 0) {
        s->base[g->taker[op]] = s->base[donor];
        s->moved[donor] = 1;
    }
    for (int i = first, at = 0, buffer = 0; i < end; i++) {
        int value = g->touch[i];
        if (s->base[value] >= 0)
            continue;
        word *used = g->pool[value] == 1 ? s->buffer_used : s->block_used;
        int *next = g->pool[value] == 1 ? &buffer : &at;
        while (used[*next])
            ++*next;
        used[*next] = 1;
        s->base[value] = *next;
    }
    s->free[0] -= wanted;
    s->free[1] -= wanted_buffers;
    return 1;
}

static void release(const struct graph *g, struct state *s, int op) {
    for (int i = g->touch_ptr[op]; i < g->touch_ptr[op + 1]; i++) {
        int value = g->touch[i], at = s->base[value];
        if (--s->alive[value] || s->moved[value])
            continue;
        if (g->pool[value] == 1) {
            s->buffer_used[at] = 0;
            s->free[1]++;
        } else {
            memset(s->block_used + at, 0, g->size[value] * sizeof(word));
            s->free[0] += g->size[value];
        }
    }
}

static void issue(struct state *s, int op, int cycle, int engine, int count) {
    int first = s->counts[LOGGED];
    for (int i = first; i < first + count; i++) {
        s->log_op[i] = op;
        s->log_cycle[i] = cycle;
        s->log_engine[i] = engine;
    }
    s->counts[LOGGED] += count;
    s->left[engine] -= count;
}

static void finish_op(const struct graph *g, struct state *s, int op, int cycle, int reverse) {
    const word *ptr = reverse ? g->pred_ptr : g->succ_ptr, *row = reverse ? g->pred : g->succ;
    s->finish[op] = cycle;
    s->counts[OVER]++;
    if (!reverse)
        release(g, s, op);
    for (int i = ptr[op]; i < ptr[op + 1]; i++)
        if (--s->waits_for[row[i]] == 0)
            s->ready[s->counts[READY]++] = row[i];
}

static int advance_fetch(const struct graph *g, struct state *s, int op, int cycle, int reverse) {
    for (int half = 0; half < 2; half++) {
        if (s->pending[op] == half || s->progress[op] == VLEN)
            continue;
        if ((half == 1) != reverse) {
            if (s->left[LOAD_ENGINE] == 0)
                break;
            issue(s, op, cycle, LOAD_ENGINE, 1);
        } else {
            if (s->left[ALU] == 0 || (g->stored[op] && s->left[STORE_ENGINE] == 0))
                break;
            issue(s, op, cycle, ALU, 1);
            if (g->stored[op])
                issue(s, op, cycle, STORE_ENGINE, 1);
        }
        s->pending[op] = half;
        s->progress[op] += half == 0;
    }
    return s->progress[op] == VLEN;
}

static int smaller(int a, int b) { return a < b ? a : b; }

static int advance_units(const struct graph *g, struct state *s, int op, int cycle) {
    int kind = g->kind[op];
    int engine = kind == LOAD ? LOAD_ENGINE : kind == STORE ? STORE_ENGINE : ALU;
    int count = smaller(g->units[op] - s->progress[op], s->left[engine]);
    issue(s, op, cycle, engine, count);
    s->progress[op] += count;
    return s->progress[op] == g->units[op];
}

static void continue_started(const struct graph *g, struct state *s, int cycle, int reverse) {
    int kept = 0;
    for (int fetches = 1; fetches >= 0; fetches--)
        for (int i = 0; i < s->counts[ACTIVE]; i++) {
            int op = s->active[i];
            if (op < 0 || (g->kind[op] == FETCH) != fetches)
                continue;
            if (fetches ? advance_fetch(g, s, op, cycle, reverse) : advance_units(g, s, op, cycle)) {
                s->active[i] = -1;
                finish_op(g, s, op, cycle, reverse);
            }
        }
    for (int i = 0; i < s->counts[ACTIVE]; i++)
        if (s->active[i] >= 0)
            s->active[kept++] = s->active[i];
    s->counts[ACTIVE] = kept;
}

static int next_engine(const struct state *s, int kind, int row, int engine, int reverse) {
    if (kind == FETCH && reverse)
        return ALU;
    if (row == Q_LANES && kind == WORD && s->left[FLOW_ENGINE] > 0)
        return FLOW_ENGINE;
    return engine;
}

static void begin(const struct graph *g, struct state *s, int op, int cycle, int engine,
                  int reverse) {
    int total = g->units[op], fetch = g->kind[op] == FETCH;
    int single = engine == VALU || engine == FLOW_ENGINE;
    int count = fetch || single ? 1 : smaller(total, s->left[engine]);
    issue(s, op, cycle, engine, count);
    s->start[op] = cycle;
    if (fetch && engine == ALU && g->stored[op])
        issue(s, op, cycle, STORE_ENGINE, 1);
    if (fetch)
        s->pending[op] = 1;
    if (fetch || (!single && count < total)) {
        if (!fetch)
            s->progress[op] = count;
        s->active[s->counts[ACTIVE]++] = op;
    } else {
        s->progress[op] = total;
        finish_op(g, s, op, cycle, reverse);
    }
}

static void issue_new(const struct graph *g, struct state *s, int cycle, int reverse) {
    for (unsigned step = 0; step < sizeof STEPS / sizeof *STEPS; step++) {
        int row = STEPS[step][0], served_by = STEPS[step][1], at = 0;
        int constants = row == Q_LOAD && served_by == FLOW_ENGINE;
        word *queue = s->queue + row * g->ops;
        if (constants && s->left[FLOW_ENGINE] == 0)
            continue;
        while (at < s->length[row]) {
            int op = queue[at], kind = g->kind[op];
            if (constants && kind != CONST) {
                at++;
                continue;
            }
            int engine = next_engine(s, kind, row, served_by, reverse), room = s->left[engine];
            if (kind == FETCH && reverse && g->stored[op])
                room = smaller(room, s->left[STORE_ENGINE]);
            if (room == 0) {
                if ((row == Q_LOAD && served_by == LOAD_ENGINE && reverse) ||
                    (row == Q_LANES && s->left[FLOW_ENGINE] > 0)) {
                    at++;
                    continue;
                }
                break;
            }
            if (!reverse && !place(g, s, op)) {
                at++;
                continue;
            }
            take_out(queue, s->length[row]--, at);
            begin(g, s, op, cycle, engine, reverse);
        }
    }
}

static void reset(const struct graph *g, struct state *s, int reverse) {
    memcpy(s->waits_for, reverse ? g->outdegree : g->indegree, g->ops * sizeof(word));
    if (!reverse) {
        memcpy(s->alive, g->touchers, g->values * sizeof(word));
        memcpy(s->base, g->fixed, g->values * sizeof(word));
        memset(s->moved, 0, g->values * sizeof(word));
        memset(s->block_used, 0, g->blocks * sizeof(word));
        memset(s->buffer_used, 0, g->buffers * sizeof(word));
        s->free[0] = g->blocks;
        s->free[1] = g->buffers;
    }
    memset(s->length, 0, QUEUES * sizeof(word));
    memset(s->counts, 0, COUNTS * sizeof(word));
    memset(s->progress, 0, g->ops * sizeof(word));
    memset(s->pending, 0, g->ops * sizeof(word));
    for (int op = 0; op < g->ops; op++)
        if (s->waits_for[op] == 0)
            s->ready[s->counts[READY]++] = op;
}

int run(const struct graph *g, struct state *s, const word *key, int reverse, int limit) {
    reset(g, s, reverse);
    int cycle = 0;
    while (s->counts[OVER] < g->ops) {
        if (cycle >= limit)
            return -1;
        enqueue(g, s, key);
        memcpy(s->left, SLOTS, sizeof SLOTS);
        int before = s->counts[LOGGED];
        continue_started(g, s, cycle, reverse);
        issue_new(g, s, cycle, reverse);
        if (s->counts[LOGGED] == before && s->counts[ACTIVE] == 0 && s->counts[READY] == 0)
            return -1;
        cycle++;
    }
    return cycle;
}

static word noise(word state) {
    return (word)(((uint64_t)state * 1103515245u + 12345u) & 0x7FFFFFFF);
}

int lateness(const struct graph *g, const struct state *s, int cycles) {
    int total = 0;
    for (int op = 0; op < g->ops; op++)
        if (s->finish[op] > cycles - LAST)
            total += s->finish[op] - (cycles - LAST);
    return total;
}

static word backward_keys(const struct graph *g, const struct state *s, word *key, int length,
                          int window, int since, word seed) {
    for (int op = 0; op < g->ops; op++) {
        key[op] = (length - 1 - s->finish[op]) * QUANTUM;
        if (window > 0 && key[op] >= since * QUANTUM) {
            seed = noise(seed);
            key[op] += (seed >> 8) % window;
        }
    }
    return seed;
}

int justify(const struct graph *g, struct state *s, word *key, word *best, int rounds, int window,
            int since, word seed, int limit, word *tail) {
    size_t size = g->ops * sizeof(word);
    memcpy(best, key, size);
    int cycles = run(g, s, key, 0, limit);
    *tail = 0;
    if (cycles < 0)
        return -1;
    *tail = lateness(g, s, cycles);
    for (int round = 0; round < rounds; round++) {
        for (int op = 0; op < g->ops; op++)
            key[op] = -s->finish[op];
        int length = run(g, s, key, 1, limit * 2);
        if (length < 0)
            break;
        seed = backward_keys(g, s, key, length, window, since, seed);
        int found = run(g, s, key, 0, limit);
        if (found < 0) {
            memcpy(key, best, size);
            found = run(g, s, key, 0, limit);
        }
        int late = lateness(g, s, found);
        if (found < cycles || (found == cycles && late <= *tail)) {
            cycles = found;
            *tail = late;
            memcpy(best, key, size);
        }
    }
    return cycles;
}
