-- The model of pipeline.py. Generated sizes: CONNECTIONS, REQUESTS, BATCH, WINDOW, WIDEST.
const
  REQUESTS: @REQUESTS@;
  BATCH: @BATCH@;
  WINDOW: @WINDOW@;
type
  Connection: 0 .. @CONNECTIONS@ - 1;
  Count: 0 .. @WIDEST@ * @WIDEST@;
var
  unsent: array [Connection] of Count;
  sent: array [Connection] of Count;
  held: array [Connection] of Count;
  queued: array [Connection] of Count;
  flushing: array [Connection] of Count;
  answered: array [Connection] of Count;

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
