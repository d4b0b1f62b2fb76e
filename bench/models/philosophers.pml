/* The model of philosophers.py. Generated sizes: SEATS. at: 0 thinks, 1 one, 2 eats. */
#define FIRST(me)  (me == SEATS - 1 -> 0 : me)
#define SECOND(me) (me == SEATS - 1 -> SEATS - 1 : me + 1)

bool taken[SEATS];

#ifdef PROCESSES
bool eats[SEATS];

active [SEATS] proctype philosopher() {
  do
  :: d_step { !taken[FIRST(_pid)] -> taken[FIRST(_pid)] = 1 };
     d_step { !taken[SECOND(_pid)] -> taken[SECOND(_pid)] = 1; eats[_pid] = 1; assert(!(eats[0] && eats[1])) };
     d_step { taken[FIRST(_pid)] = 0; taken[SECOND(_pid)] = 0; eats[_pid] = 0 }
  od
}
#else
byte at[SEATS];

#define PHILOSOPHER(me) \
  :: d_step { at[me] == 0 && !taken[FIRST(me)] -> taken[FIRST(me)] = 1; at[me] = 1 } \
  :: d_step { at[me] == 1 && !taken[SECOND(me)] -> \
       taken[SECOND(me)] = 1; at[me] = 2; assert(!(at[0] == 2 && at[1] == 2)) } \
  :: d_step { at[me] == 2 -> taken[FIRST(me)] = 0; taken[SECOND(me)] = 0; at[me] = 0 }

active proctype everybody() { do @EACH PHILOSOPHER@ od }
#endif
