/* The model of pipeline.py. Generated sizes: CONNECTIONS, REQUESTS, BATCH, WINDOW; NUMBER is byte or short. */
NUMBER unsent[CONNECTIONS] = REQUESTS;
NUMBER sent[CONNECTIONS];
NUMBER held[CONNECTIONS];
NUMBER queued[CONNECTIONS];
NUMBER flushing[CONNECTIONS];
NUMBER answered[CONNECTIONS];

#define CONNECTION(me) \
  :: d_step { unsent[me] > 0 && sent[me] < WINDOW -> unsent[me]--; sent[me]++ } \
  :: d_step { sent[me] > 0 && held[me] == 0 -> sent[me]--; held[me] = 1 } \
  :: d_step { held[me] == 1 && queued[me] < BATCH -> held[me] = 0; queued[me]++; assert(queued[0] <= BATCH) } \
  :: d_step { flushing[me] == 0 && queued[me] > 0 -> \
       flushing[me] = queued[me]; queued[me] = 0; assert(flushing[0] <= BATCH) } \
  :: d_step { flushing[me] > 0 && answered[me] < WINDOW -> flushing[me]--; answered[me]++ } \
  :: d_step { answered[me] > 0 -> answered[me]--; unsent[me]++ }

#ifdef PROCESSES
active [CONNECTIONS] proctype connection() { do CONNECTION(_pid) od }
#else
active proctype everybody() { do @EACH CONNECTION@ od }
#endif
