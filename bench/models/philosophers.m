-- The model of philosophers.py. Generated sizes: SEATS.
const SEATS: @SEATS@;
type
  Seat: 0 .. SEATS - 1;
  Place: enum { thinks, one, eats };
var
  at: array [Seat] of Place;
  taken: array [Seat] of boolean;

function first(me: Seat): Seat;
begin
  if me = SEATS - 1 then return 0; else return me; end;
end;

function second(me: Seat): Seat;
begin
  if me = SEATS - 1 then return SEATS - 1; else return me + 1; end;
end;

startstate begin
  for s: Seat do at[s] := thinks; taken[s] := false; end;
end;

ruleset me: Seat do
  rule "take_first" at[me] = thinks & !taken[first(me)] ==> begin
    taken[first(me)] := true; at[me] := one;
  end;
  rule "take_second" at[me] = one & !taken[second(me)] ==> begin
    taken[second(me)] := true; at[me] := eats;
  end;
  rule "think" at[me] = eats ==> begin
    taken[first(me)] := false; taken[second(me)] := false; at[me] := thinks;
  end;
end;

invariant "neighbours_do_not_both_eat" !(at[0] = eats & at[1] = eats);
