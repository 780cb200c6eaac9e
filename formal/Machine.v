(* The machine on straight-line programs: docs/spec.md, section 1. *)
Require Import ZArith List Bool.
Require Import Ops.
Import ListNotations.
Open Scope Z_scope.

Definition slot := (op * list Z)%type.
Definition bundle := list slot.
Definition program := list bundle.

Record state := State { scratch : Z -> Z; memory : Z -> Z }.

(* [start] and the [width] words from it on are replaced. *)
Definition update {A} (old : Z -> A) (start width : Z) (words : Z -> A) : Z -> A :=
  fun at_ => if (start <=? at_) && (at_ <? start + width) then words (at_ - start) else old at_.

Definition shift (s : slot) : Z := if displaced (fst s) then last (snd s) 0 else 0.

(* The words of a slot's sources, and its immediates, as lane [k] sees them. *)
Fixpoint gather {A} (read imm : Z -> A) (by_ k : Z) (ks : list (kind * Z)) (l : list Z) : list A :=
  match ks, l with
  | (Src, width) :: ks', at_ :: l' =>
      read (at_ + by_ + if width =? 1 then 0 else k) :: gather read imm by_ k ks' l'
  | (Imm, _) :: ks', value :: l' => imm value :: gather read imm by_ k ks' l'
  | _ :: ks', _ :: l' => gather read imm by_ k ks' l'
  | _, _ => []
  end.

Definition sources {A} (read imm : Z -> A) (s : slot) (k : Z) : list A :=
  gather read imm (shift s) k (operands (fst s)) (snd s).

(* First word and width of the destination; width of what a store writes. *)
Fixpoint dest (ks : list (kind * Z)) (l : list Z) : Z * Z :=
  match ks, l with
  | (Dest, width) :: _, at_ :: _ => (at_, width)
  | _ :: ks', _ :: l' => dest ks' l'
  | _, _ => (0, 0)
  end.
Definition start (s : slot) : Z := fst (dest (operands (fst s)) (snd s)) + shift s.
Definition width (s : slot) : Z := snd (dest (operands (fst s)) (snd s)).
Definition stored (s : slot) : Z := snd (last (operands (fst s)) (Src, 0)).

Definition lanes (w : Z) : list Z := map Z.of_nat (seq 0 (Z.to_nat w)).
Definition inside (size at_ w : Z) : bool := (0 <=? at_) && (at_ + w <=? size).

(* One slot: it reads [old] and writes into [new], so a later slot of a bundle wins. *)
Definition exec_slot (size : Z) (old new : state) (s : slot) : option state :=
  let words := sources (scratch old) (fun i => i) s in
  let address := hd 0 (words 0) in
  match effect_of (fst s) with
  | Compute value =>
      if divides (fst s) && existsb (fun k => nth 1 (words k) 0 =? 0) (lanes (width s)) then None
      else Some (State (update (scratch new) (start s) (width s) (fun k => word (value (words k))))
                       (memory new))
  | Load =>
      if inside size address (width s) then
        Some (State (update (scratch new) (start s) (width s) (fun k => memory old (address + k)))
                    (memory new))
      else None
  | Store =>
      if inside size address (stored s) then
        Some (State (scratch new)
                    (update (memory new) address (stored s) (fun k => nth 1 (words k) 0)))
      else None
  | Elsewhere => None
  | Nothing => Some new
  end.

Fixpoint exec_slots (size : Z) (old new : state) (b : bundle) : option state :=
  match b with
  | [] => Some new
  | s :: rest =>
      match exec_slot size old new s with
      | Some after => exec_slots size old after rest
      | None => None
      end
  end.

(* The step relation: one bundle, on to the next. A faulty bundle has no step. *)
Inductive step (size : Z) (p : program) : nat * state -> nat * state -> Prop :=
  | Step pc s b s' :
      nth_error p pc = Some b -> exec_slots size s s b = Some s' ->
      step size p (pc, s) (S pc, s').

Inductive steps (size : Z) (p : program) : nat * state -> nat * state -> Prop :=
  | Done c : steps size p c c
  | More c c' c'' : step size p c c' -> steps size p c' c'' -> steps size p c c''.

Lemma step_deterministic size p c c' c'' :
  step size p c c' -> step size p c c'' -> c' = c''.
Proof. intros H H'. inversion H; subst. inversion H'; subst. congruence. Qed.
