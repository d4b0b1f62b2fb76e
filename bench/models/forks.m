-- The model of forks.py. Generated sizes: SEATS.
const SEATS: @SEATS@;
type
  Seat: 0 .. SEATS - 1;
  Forks: enum { none, own, next, both };
var
  has: array [Seat] of Forks;
  taken: array [Seat] of boolean;

function after(me: Seat): Seat;
begin
  if me = SEATS - 1 then return 0; else return me + 1; end;
end;

startstate begin
  for s: Seat do has[s] := none; taken[s] := false; end;
end;

ruleset me: Seat do
  rule "take_own" (has[me] = none | has[me] = next) & !taken[me] ==> begin
    taken[me] := true;
    if has[me] = none then has[me] := own; else has[me] := both; end;
  end;
  rule "take_next" (has[me] = none | has[me] = own) & !taken[after(me)] ==> begin
    taken[after(me)] := true;
    if has[me] = none then has[me] := next; else has[me] := both; end;
  end;
  rule "think" has[me] = both ==> begin
    taken[me] := false; taken[after(me)] := false; has[me] := none;
  end;
end;

invariant "neighbours_do_not_both_eat" !(has[0] = both & has[1] = both);
