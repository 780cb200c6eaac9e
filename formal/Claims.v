(* Valid claims about every word make a straight-line program right.

   A claim is a word that depends on the input, and stands for an expression of a certificate.
   What [valid_slot] asks is what the checker puts as obligations (docs/proof.md, 1 to 4). *)
Require Import ZArith List Bool Lia.
Require Import Ops Machine.
Import ListNotations.
Open Scope Z_scope.

Section Claims.
Variable input : Type.
Definition claim := input -> Z.
Record claims := Claims { on_scratch : Z -> option claim; on_memory : Z -> option claim }.

(* The words of claims on one input, if all are known. *)
Fixpoint known (l : list (option claim)) (x : input) : option (list Z) :=
  match l with
  | [] => Some []
  | Some c :: rest => option_map (cons (c x)) (known rest x)
  | None :: _ => None
  end.

Definition claimed (c : claims) (s : slot) (k : Z) : list (option claim) :=
  sources (on_scratch c) (fun i => Some (fun _ => i)) s k.

(* The claims [old] before the bundle, [new] after its earlier slots and [after] this one: what
   must hold on every input for the claims on the words that the slot writes. *)
Definition valid_slot (size : Z) (old new : claims) (s : slot) (after : claims) : Prop :=
  match effect_of (fst s) with
  | Compute value =>
      on_memory after = on_memory new /\
      (exists items, on_scratch after = update (on_scratch new) (start s) (width s) items /\
        forall k c, items k = Some c -> forall x, exists words,
          known (claimed old s k) x = Some words /\ word (value words) = c x) /\
      (divides (fst s) = true -> forall k, In k (lanes (width s)) ->
        exists c, nth 1 (claimed old s k) None = Some c /\ forall x, c x <> 0)
  | Load =>
      on_memory after = on_memory new /\
      exists a, hd None (claimed old s 0) = Some a /\
        (forall x, inside size (a x) (width s) = true) /\
        exists items, on_scratch after = update (on_scratch new) (start s) (width s) items /\
          forall k c, items k = Some c -> forall x, exists m,
            on_memory old (a x + k) = Some m /\ m x = c x
  | Store =>
      on_scratch after = on_scratch new /\
      exists a, hd None (claimed old s 0) = Some a /\
        (forall x, inside size (a x) (stored s) = true) /\
        forall at_ c, on_memory after at_ = Some c -> forall x, exists m,
          update (on_memory new) (a x) (stored s) (fun k => nth 1 (claimed old s k) None) at_
            = Some m /\ m x = c x
  | Elsewhere => False
  | Nothing => after = new
  end.

Inductive valid_slots (size : Z) (old : claims) : claims -> bundle -> claims -> Prop :=
  | NoSlot c : valid_slots size old c [] c
  | OneSlot c s c' rest c'' :
      valid_slot size old c s c' -> valid_slots size old c' rest c'' ->
      valid_slots size old c (s :: rest) c''.

Inductive valid (size : Z) : claims -> program -> claims -> Prop :=
  | NoBundle c : valid size c [] c
  | OneBundle c b c' rest c'' :
      valid_slots size c c b c' -> valid size c' rest c'' -> valid size c (b :: rest) c''.

(* On an input, every claimed word is what is claimed. *)
Definition holds (c : claims) (s : state) (x : input) : Prop :=
  (forall at_ f, on_scratch c at_ = Some f -> scratch s at_ = f x) /\
  (forall at_ f, on_memory c at_ = Some f -> memory s at_ = f x).

Lemma gather_known c s x (H : holds c s x) by_ k ks : forall l words,
  known (gather (on_scratch c) (fun i => Some (fun _ => i)) by_ k ks l) x = Some words ->
  gather (scratch s) (fun i => i) by_ k ks l = words.
Proof.
  induction ks as [|[d w] ks IH]; intros l words E.
  - destruct l; simpl in *; congruence.
  - destruct l as [|a l]; simpl in *. { destruct d; simpl in *; congruence. }
    destruct d; simpl in E; auto.
    + destruct (on_scratch c _) eqn:C; [|discriminate].
      destruct (known _ x) eqn:K; [|discriminate]. injection E as <-.
      f_equal; [now apply H | now apply IH].
    + destruct (known _ x) eqn:K; [|discriminate]. injection E as <-. f_equal. now apply IH.
Qed.

Lemma gather_nth c s x (H : holds c s x) by_ k ks : forall l n f,
  nth n (gather (on_scratch c) (fun i => Some (fun _ => i)) by_ k ks l) None = Some f ->
  nth n (gather (scratch s) (fun i => i) by_ k ks l) 0 = f x.
Proof.
  induction ks as [|[d w] ks IH]; intros l n f E.
  - destruct l, n; simpl in *; discriminate.
  - destruct l as [|a l]; simpl in *. { destruct d, n; simpl in *; discriminate. }
    destruct d; simpl in *; auto; destruct n; auto.
    + now apply H.
    + now injection E as <-.
Qed.

Lemma slot_sound size old new s after (V : valid_slot size old new s after) so sn x :
  holds old so x -> holds new sn x ->
  exists s', exec_slot size so sn s = Some s' /\ holds after s' x.
Proof.
  intros Ho Hn. unfold valid_slot in V. unfold exec_slot.
  assert (Nth : forall n k f, nth n (claimed old s k) None = Some f ->
            nth n (sources (scratch so) (fun i => i) s k) 0 = f x)
    by (intros; now apply (gather_nth old so x Ho)).
  assert (Hd : forall f, hd None (claimed old s 0) = Some f ->
            hd 0 (sources (scratch so) (fun i => i) s 0) = f x).
  { intros f E. specialize (Nth 0%nat 0 f).
    destruct (claimed old s 0) eqn:C; [discriminate|]. simpl in *.
    specialize (Nth E). destruct (sources _ _ s 0); auto. }
  destruct (effect_of (fst s)) as [value| | | |].
  - destruct V as (M & (items & S & I) & D).
    assert (divides (fst s) && existsb (fun k => nth 1 (sources (scratch so) (fun i => i) s k) 0
              =? 0) (lanes (width s)) = false) as ->.
    { destruct (divides (fst s)); auto. simpl.
      destruct (existsb _ _) eqn:E; auto. apply existsb_exists in E as (k & L & Z0).
      destruct (D eq_refl k L) as (f & F & NZ). apply Z.eqb_eq in Z0.
      rewrite (Nth 1%nat k f F) in Z0. now destruct (NZ x). }
    eexists; split; [reflexivity|]. split; simpl.
    + intros at_ f. rewrite S. unfold update.
      destruct (_ && _); intros E; [|now apply Hn].
      destruct (I _ f E x) as (words & K & <-).
      unfold claimed, sources in *. now rewrite (gather_known old so x Ho _ _ _ _ _ K).
    + rewrite M. apply Hn.
  - destruct V as (M & a & A & R & items & S & I). rewrite (Hd a A), R.
    eexists; split; [reflexivity|]. split; simpl.
    + intros at_ f. rewrite S. unfold update.
      destruct (_ && _); intros E; [|now apply Hn].
      destruct (I _ f E x) as (m & Mem & <-). now apply Ho.
    + rewrite M. apply Hn.
  - destruct V as (S & a & A & R & I). rewrite (Hd a A), R.
    eexists; split; [reflexivity|]. split; simpl.
    + rewrite S. apply Hn.
    + intros at_ f E. destruct (I at_ f E x) as (m & Mem & <-). revert Mem. unfold update.
      destruct (_ && _); intros Mem; [now apply Nth | now apply Hn].
  - destruct V.
  - subst. eauto.
Qed.

Lemma slots_sound size old new b after (V : valid_slots size old new b after) : forall so sn x,
  holds old so x -> holds new sn x ->
  exists s', exec_slots size so sn b = Some s' /\ holds after s' x.
Proof.
  induction V as [c|c s c' rest c'' V1 V2 IH]; intros so sn x Ho Hn; simpl.
  - eauto.
  - destruct (slot_sound _ _ _ _ _ V1 so sn x Ho Hn) as (s' & -> & H'). now apply IH.
Qed.

Lemma run_sound size all c p after (V : valid size c p after) : forall before s x,
  all = before ++ p -> holds c s x ->
  exists s', steps size all (length before, s) (length all, s') /\ holds after s' x.
Proof.
  induction V as [c|c b c' rest c'' V1 V2 IH]; intros before s x E H.
  - exists s. rewrite app_nil_r in E. subst. split; [constructor | assumption].
  - destruct (slots_sound _ _ _ _ _ V1 s s x H H) as (s' & X & H').
    destruct (IH (before ++ [b]) s' x) as (s'' & Q & H''); auto.
    { now rewrite <- app_assoc. }
    exists s''. split; auto. eapply More; [|exact Q].
    rewrite app_length. simpl. rewrite Nat.add_1_r. constructor 1 with (b := b); auto.
    subst. now rewrite nth_error_app2, Nat.sub_diag.
Qed.
End Claims.
