/* The model of two_phase.py. Generated sizes: MANAGERS. 0 working/init, 1 prepared, 2 committed, 3 aborted. */
byte tm;
byte rm[MANAGERS];
bool prepared[MANAGERS];
bool said_prepared[MANAGERS];
bool said_commit;
bool said_abort;
byte known;  /* how many are in prepared */

#define CONSISTENT assert(!(rm[0] == 2 && rm[1] == 3))

#define MANAGER(me) \
  :: d_step { tm == 0 && said_prepared[me] -> if :: prepared[me] :: else -> prepared[me] = 1; known++ fi } \
  :: d_step { rm[me] == 0 -> rm[me] = 1; said_prepared[me] = 1 } \
  :: d_step { rm[me] == 0 -> rm[me] = 3; CONSISTENT } \
  :: d_step { said_commit -> rm[me] = 2; CONSISTENT } \
  :: d_step { said_abort -> rm[me] = 3; CONSISTENT }

#define COORDINATOR \
  :: d_step { tm == 0 && known == MANAGERS -> tm = 2; said_commit = 1 } \
  :: d_step { tm == 0 -> tm = 3; said_abort = 1 }

#ifdef PROCESSES
active [MANAGERS] proctype manager() { do MANAGER(_pid) od }
active proctype coordinator() { do COORDINATOR od }
#else
active proctype everybody() { do @EACH MANAGER@ COORDINATOR od }
#endif
