---- MODULE DiningPhilosophers ----
(* Exported by Knotcheck from check export dining_philosophers *)
(* Parameters: n = 3, order = "naive"                          *)
EXTENDS Integers, Sequences, TLC

\* An optional value is a sequence of at most one item; Get(None) is an error.
\* @type: () => Seq(a);
None == <<>>

\* @type: a => Seq(a);
Some(value) == <<value>>

\* @type: Seq(a) => a;
Get(option) == Head(option)

\* @type: (Set(a), Int) => Set(Seq(a));
BoundedSeq(S, n) == {s \in Seq(S) : Len(s) <= n}

\* @type: Set(a) => Set(Seq(a));
Option(S) == BoundedSeq(S, 1)

\* @type: Set(Str);
Actor == {"philosopher[0]", "philosopher[1]", "philosopher[2]"}

\* @typeAlias: forkGuard = { mutex: Int };
\* @type: Set($forkGuard);
ForkGuard == [mutex: 0..2]

VARIABLES
    \* @type: Int -> Seq(Str);
    fork_waiting,  \* fork.waiting
    \* @type: Int -> Seq($forkGuard);
    philosopher_guard,  \* philosopher[self].guard
    \* @type: Int -> Seq($forkGuard);
    philosopher_guard_2,  \* philosopher[self].guard#2
    \* @type: Int -> Str;
    philosopher_pc  \* philosopher[self].pc

vars == <<fork_waiting, philosopher_guard, philosopher_guard_2, philosopher_pc>>

\* @type: Int -> Str;
philosopher == 0 :> "philosopher[0]" @@ 1 :> "philosopher[1]" @@ 2 :> "philosopher[2]"

TypeOK ==
    /\ fork_waiting \in [0..2 -> BoundedSeq(Actor, 3)]
    /\ philosopher_guard \in [0..2 -> Option(ForkGuard)]
    /\ philosopher_guard_2 \in [0..2 -> Option(ForkGuard)]
    /\ philosopher_pc \in [0..2 -> {"start", "think", "first fork", "second fork", "eat", "done"}]

Init ==
    /\ fork_waiting = [k \in 0..2 |-> <<>>]
    /\ philosopher_guard = [k \in 0..2 |-> None]
    /\ philosopher_guard_2 = [k \in 0..2 |-> None]
    /\ philosopher_pc = [k \in 0..2 |-> "think"]

------------------------------------------------------------
\* philosopher[self]

\* philosopher[self].think · specs/dining_philosophers.py:23
Think(self) ==
    /\ philosopher_pc[self] = "think"
    /\ fork_waiting' = [fork_waiting EXCEPT ![self] = Append(@, philosopher[self])]
    /\ philosopher_pc' = [philosopher_pc EXCEPT ![self] = "first fork"]
    /\ UNCHANGED <<philosopher_guard, philosopher_guard_2>>

\* philosopher[self].first fork · specs/dining_philosophers.py:24
FirstFork(self) ==
    /\ philosopher_pc[self] = "first fork"
    /\ Head(fork_waiting[self]) = philosopher[self]
    /\ \A i \in 0..2 :
           /\ philosopher_guard[i] # None => Get(philosopher_guard[i]).mutex # self
           /\ philosopher_guard_2[i] # None => Get(philosopher_guard_2[i]).mutex # self
    /\ fork_waiting' = [fork_waiting EXCEPT ![self] = Tail(@),
                                            ![(self + 1) % 3] = Append(@, philosopher[self])]
    /\ philosopher_guard' = [philosopher_guard EXCEPT ![self] = Some([mutex |-> self])]
    /\ philosopher_pc' = [philosopher_pc EXCEPT ![self] = "second fork"]
    /\ UNCHANGED philosopher_guard_2

\* philosopher[self].second fork · specs/dining_philosophers.py:25
SecondFork(self) ==
    /\ philosopher_pc[self] = "second fork"
    /\ Head(fork_waiting[(self + 1) % 3]) = philosopher[self]
    /\ \A i \in 0..2 :
           /\ philosopher_guard[i] # None => Get(philosopher_guard[i]).mutex # (self + 1) % 3
           /\ philosopher_guard_2[i] # None => Get(philosopher_guard_2[i]).mutex # (self + 1) % 3
    /\ fork_waiting' = [fork_waiting EXCEPT ![(self + 1) % 3] = Tail(@)]
    /\ philosopher_guard_2' = [philosopher_guard_2 EXCEPT ![self] = Some([mutex |-> (self + 1) % 3])]
    /\ philosopher_pc' = [philosopher_pc EXCEPT ![self] = "eat"]
    /\ UNCHANGED philosopher_guard

\* philosopher[self].eat · specs/dining_philosophers.py:26
Eat(self) ==
    /\ philosopher_pc[self] = "eat"
    /\ philosopher_guard_2' = [philosopher_guard_2 EXCEPT ![self] = None]
    /\ philosopher_guard' = [philosopher_guard EXCEPT ![self] = None]
    /\ philosopher_pc' = [philosopher_pc EXCEPT ![self] = "think"]
    /\ UNCHANGED fork_waiting

Philosopher(self) ==
    \/ Think(self)
    \/ FirstFork(self)
    \/ SecondFork(self)
    \/ Eat(self)

------------------------------------------------------------

Next == \E self \in 0..2 : Philosopher(self)

\* An actor that can do what it must does not wait for ever (may-actions and faults are not owed).
Fairness == \A self \in 0..2 : WF_vars(Philosopher(self))

Spec == Init /\ [][Next]_vars /\ Fairness

------------------------------------------------------------

\* Every actor has finished, or stands where it may wait for ever.
Quiet == \A self \in 0..2 : philosopher_pc[self] = "done"

\* No successor, and somebody waits who should not: the deadlock that TLC knows, less the proper ends.
\* Knotcheck also finds actors that wait for ever beside others that go on; TLA+ cannot say that.
NoDeadlock == Quiet \/ ENABLED Next

\* everybody_eats · specs/dining_philosophers.py:40
\* Stronger than the progress that Knotcheck checks (that what must happen can still lead there):
\* if TLC finds this to hold, progress holds; if not, nothing is said.
EverybodyEats == \A self \in 0..2 : philosopher_pc[self] # "done" ~> philosopher_pc[self] = "eat"

===================================
