-- The model of pipeline.py. Generated sizes: CONNECTIONS, REQUESTS, BATCH, WINDOW, SPARE.
const
  REQUESTS: @REQUESTS@;
  BATCH: @BATCH@;
  WINDOW: @WINDOW@;
  SPARE: @SPARE@;
type
  Connection: 0 .. @CONNECTIONS@ - 1;
var
  unsent: array [Connection] of 0 .. REQUESTS + SPARE;
  sent: array [Connection] of 0 .. WINDOW + SPARE;
  held: array [Connection] of 0 .. SPARE;
  queued: array [Connection] of 0 .. BATCH + SPARE;
  flushing: array [Connection] of 0 .. BATCH + SPARE;
  answered: array [Connection] of 0 .. WINDOW + SPARE;

startstate begin
  for c: Connection do
    unsent[c] := REQUESTS; sent[c] := 0; held[c] := 0; queued[c] := 0; flushing[c] := 0; answered[c] := 0;
  end;
end;

ruleset c: Connection do
  rule "send" unsent[c] > 0 & sent[c] < WINDOW ==> begin
    unsent[c] := unsent[c] - 1; sent[c] := sent[c] + 1;
  end;
  rule "read" sent[c] > 0 & held[c] = 0 ==> begin
    sent[c] := sent[c] - 1; held[c] := 1;
  end;
  rule "put" held[c] = 1 & queued[c] < BATCH ==> begin
    held[c] := 0; queued[c] := queued[c] + 1;
  end;
  rule "take" flushing[c] = 0 & queued[c] > 0 ==> begin
    flushing[c] := queued[c]; queued[c] := 0;
  end;
  rule "write" flushing[c] > 0 & answered[c] < WINDOW ==> begin
    flushing[c] := flushing[c] - 1; answered[c] := answered[c] + 1;
  end;
  rule "receive" answered[c] > 0 ==> begin
    answered[c] := answered[c] - 1; unsent[c] := unsent[c] + 1;
  end;
end;

invariant "batches_are_bounded" flushing[0] <= BATCH & queued[0] <= BATCH;
