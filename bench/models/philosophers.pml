/* The model of philosophers.py. Generated sizes: SEATS. */
#define FIRST  (_pid == SEATS - 1 -> 0 : _pid)
#define SECOND (_pid == SEATS - 1 -> SEATS - 1 : _pid + 1)

bool taken[SEATS];
bool eats[SEATS];

active [SEATS] proctype philosopher() {
  do
  :: d_step { !taken[FIRST] -> taken[FIRST] = 1 };
     d_step { !taken[SECOND] -> taken[SECOND] = 1; eats[_pid] = 1; assert(!(eats[0] && eats[1])) };
     d_step { taken[FIRST] = 0; taken[SECOND] = 0; eats[_pid] = 0 }
  od
}
