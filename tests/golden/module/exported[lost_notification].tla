---- MODULE LostNotification ----
(* Exported by Knotcheck from check export lost_notification *)
(* Parameters: stored = "off"                                *)
EXTENDS Integers, Sequences

\* @type: (Set(a), Int) => Set(Seq(a));
BoundedSeq(S, n) == {s \in Seq(S) : Len(s) <= n}

\* @type: Set(Str);
Actor == {"waiter", "notifier"}

VARIABLES
    \* @type: Bool;
    ready,
    \* @type: Seq(Str);
    wake_up_waiting,  \* wake_up.waiting
    \* @type: Str -> Str;
    wake_up_woken,  \* wake_up.woken
    \* @type: Bool;
    wake_up_permit,  \* wake_up.permit
    \* @type: Str;
    waiter_pc,  \* waiter.pc
    \* @type: Str;
    notifier_pc  \* notifier.pc

vars == <<ready, wake_up_waiting, wake_up_woken, wake_up_permit, waiter_pc, notifier_pc>>

TypeOK ==
    /\ ready \in BOOLEAN
    /\ wake_up_waiting \in BoundedSeq(Actor, 2)
    /\ wake_up_woken \in [Actor -> {"no", "one", "all"}]
    /\ wake_up_permit \in BOOLEAN
    /\ waiter_pc \in {"start", "about to wait", "wake_up.notified", "done"}
    /\ notifier_pc \in {"start", "step", "done"}

Init ==
    /\ ready = FALSE
    /\ wake_up_waiting = <<>>
    /\ wake_up_woken = [k \in Actor |-> "no"]
    /\ wake_up_permit = FALSE
    /\ waiter_pc = "start"
    /\ notifier_pc = "start"

------------------------------------------------------------
\* waiter

\* waiter.start · specs/lost_notification.py:20
WaiterStart ==
    /\ waiter_pc = "start"
    /\ waiter_pc' = IF ~ready THEN "about to wait" ELSE "done"
    /\ UNCHANGED <<ready, wake_up_waiting, wake_up_woken, wake_up_permit, notifier_pc>>

\* waiter.about to wait · specs/lost_notification.py:22
AboutToWait ==
    /\ waiter_pc = "about to wait"
    /\ IF wake_up_permit
       THEN /\ wake_up_permit' = FALSE
            /\ wake_up_woken' = [wake_up_woken EXCEPT !["waiter"] = "one"]
            /\ UNCHANGED wake_up_waiting
       ELSE /\ wake_up_waiting' = Append(wake_up_waiting, "waiter")
            /\ UNCHANGED <<wake_up_woken, wake_up_permit>>
    /\ waiter_pc' = "wake_up.notified"
    /\ UNCHANGED <<ready, notifier_pc>>

\* waiter.wake_up.notified · specs/lost_notification.py:23
WakeUpNotified ==
    /\ waiter_pc = "wake_up.notified"
    /\ wake_up_woken["waiter"] # "no"
    /\ wake_up_woken' = [wake_up_woken EXCEPT !["waiter"] = "no"]
    /\ waiter_pc' = IF ~ready THEN "about to wait" ELSE "done"
    /\ UNCHANGED <<ready, wake_up_waiting, wake_up_permit, notifier_pc>>

Waiter ==
    \/ WaiterStart
    \/ AboutToWait
    \/ WakeUpNotified

------------------------------------------------------------
\* notifier

\* notifier.start · specs/lost_notification.py:26
NotifierStart ==
    /\ notifier_pc = "start"
    /\ ready' = TRUE
    /\ notifier_pc' = "step"
    /\ UNCHANGED <<wake_up_waiting, wake_up_woken, wake_up_permit, waiter_pc>>

\* notifier.step · specs/lost_notification.py:28
Step ==
    /\ notifier_pc = "step"
    /\ IF wake_up_waiting # <<>>
       THEN /\ wake_up_waiting' = Tail(wake_up_waiting)
            /\ wake_up_woken' = [wake_up_woken EXCEPT ![Head(wake_up_waiting)] = "one"]
       ELSE UNCHANGED <<wake_up_waiting, wake_up_woken>>
    /\ notifier_pc' = "done"
    /\ UNCHANGED <<ready, wake_up_permit, waiter_pc>>

Notifier ==
    \/ NotifierStart
    \/ Step

------------------------------------------------------------

Next ==
    \/ Waiter
    \/ Notifier

\* An actor that can do what it must does not wait for ever (may-actions and faults are not owed).
Fairness ==
    /\ WF_vars(Waiter)
    /\ WF_vars(Notifier)

Spec == Init /\ [][Next]_vars /\ Fairness

------------------------------------------------------------

\* Every actor has finished, or stands where it may wait for ever.
Quiet ==
    /\ waiter_pc = "done"
    /\ notifier_pc = "done"

\* No successor, and somebody waits who should not: the deadlock that TLC knows, less the proper ends.
\* Knotcheck also finds actors that wait for ever beside others that go on; TLA+ cannot say that.
NoDeadlock == Quiet \/ ENABLED Next

\* sometimes asleep · specs/lost_notification.py:34: some state has it, so TLC must find this violated
NeverAsleep == ~(waiter_pc = "wake_up.notified" /\ ~ready)

=================================
