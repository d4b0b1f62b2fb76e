/* The model of pipeline.py. Generated sizes: CONNECTIONS, REQUESTS, BATCH, WINDOW; NUMBER is byte or int. */
NUMBER unsent[CONNECTIONS] = REQUESTS;
NUMBER sent[CONNECTIONS];
NUMBER held[CONNECTIONS];
NUMBER queued[CONNECTIONS];
NUMBER flushing[CONNECTIONS];
NUMBER answered[CONNECTIONS];

active [CONNECTIONS] proctype connection() {
  do
  :: d_step { unsent[_pid] > 0 && sent[_pid] < WINDOW -> unsent[_pid]--; sent[_pid]++ }
  :: d_step { sent[_pid] > 0 && held[_pid] == 0 -> sent[_pid]--; held[_pid] = 1 }
  :: d_step { held[_pid] == 1 && queued[_pid] < BATCH ->
       held[_pid] = 0; queued[_pid]++; assert(queued[0] <= BATCH) }
  :: d_step { flushing[_pid] == 0 && queued[_pid] > 0 ->
       flushing[_pid] = queued[_pid]; queued[_pid] = 0; assert(flushing[0] <= BATCH) }
  :: d_step { flushing[_pid] > 0 && answered[_pid] < WINDOW -> flushing[_pid]--; answered[_pid]++ }
  :: d_step { answered[_pid] > 0 -> answered[_pid]--; unsent[_pid]++ }
  od
}
