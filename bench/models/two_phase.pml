/* The model of two_phase.py. Generated sizes: MANAGERS. 0 working/init, 1 prepared, 2 committed, 3 aborted. */
byte tm;
byte rm[MANAGERS];
bool prepared[MANAGERS];
bool said_prepared[MANAGERS];
bool said_commit;
bool said_abort;
byte known;  /* how many are in prepared */

#define CONSISTENT assert(!(rm[0] == 2 && rm[1] == 3))

active [MANAGERS] proctype manager() {
  do
  :: d_step { tm == 0 && said_prepared[_pid] ->
       if :: prepared[_pid] :: else -> prepared[_pid] = 1; known++ fi }
  :: d_step { rm[_pid] == 0 -> rm[_pid] = 1; said_prepared[_pid] = 1 }
  :: d_step { rm[_pid] == 0 -> rm[_pid] = 3; CONSISTENT }
  :: d_step { said_commit -> rm[_pid] = 2; CONSISTENT }
  :: d_step { said_abort -> rm[_pid] = 3; CONSISTENT }
  od
}

active proctype coordinator() {
  do
  :: d_step { tm == 0 && known == MANAGERS -> tm = 2; said_commit = 1 }
  :: d_step { tm == 0 -> tm = 3; said_abort = 1 }
  od
}
