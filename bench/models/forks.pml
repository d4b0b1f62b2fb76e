/* The model of forks.py. Generated sizes: SEATS. has: 0 none, 1 own, 2 next, 3 both. */
#define NEXT(me) (me == SEATS - 1 -> 0 : me + 1)
#define APART assert(!(has[0] == 3 && has[1] == 3))

byte has[SEATS];
bool taken[SEATS];

#define PHILOSOPHER(me) \
  :: d_step { !(has[me] & 1) && !taken[me] -> taken[me] = 1; has[me] = has[me] + 1; APART } \
  :: d_step { !(has[me] & 2) && !taken[NEXT(me)] -> taken[NEXT(me)] = 1; has[me] = has[me] + 2; APART } \
  :: d_step { has[me] == 3 -> taken[me] = 0; taken[NEXT(me)] = 0; has[me] = 0 }

#ifdef PROCESSES
active [SEATS] proctype philosopher() { do PHILOSOPHER(_pid) od }
#else
active proctype everybody() { do @EACH PHILOSOPHER@ od }
#endif
