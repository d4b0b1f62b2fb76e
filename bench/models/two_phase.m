-- The model of two_phase.py. Generated sizes: MANAGERS.
type
  Manager: 0 .. @MANAGERS@ - 1;
  Decision: enum { init, agreed, refused };
  State: enum { working, prepared, committed, aborted };
var
  tm: Decision;
  rm: array [Manager] of State;
  known: array [Manager] of boolean;
  said_prepared: array [Manager] of boolean;
  said_commit: boolean;
  said_abort: boolean;

startstate begin
  tm := init; said_commit := false; said_abort := false;
  for m: Manager do rm[m] := working; known[m] := false; said_prepared[m] := false; end;
end;

rule "commit" tm = init & forall m: Manager do known[m] end ==> begin
  tm := agreed; said_commit := true;
end;
rule "abort" tm = init ==> begin
  tm := refused; said_abort := true;
end;
ruleset m: Manager do
  rule "hear" tm = init & said_prepared[m] ==> begin known[m] := true; end;
  rule "prepare" rm[m] = working ==> begin rm[m] := prepared; said_prepared[m] := true; end;
  rule "give_up" rm[m] = working ==> begin rm[m] := aborted; end;
  rule "obey_commit" said_commit ==> begin rm[m] := committed; end;
  rule "obey_abort" said_abort ==> begin rm[m] := aborted; end;
end;

invariant "consistent" !(rm[0] = committed & rm[1] = aborted);
