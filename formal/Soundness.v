(* The problem (docs/spec.md, section 2), and the theorem about certificates of straight-line
   programs. *)
Require Import ZArith List Bool Lia.
Require Import Ops Machine Claims.
Import ListNotations.
Open Scope Z_scope.

Opaque stage stages Z.land Z.lxor Z.pow. (* only what they are called with matters below *)

Section Problem.
Variables height rounds batch : nat.
Definition n_nodes : Z := 2 ^ (Z.of_nat height + 1) - 1.
Definition forest_p : Z := 7.
Definition indices_p : Z := forest_p + n_nodes.
Definition values_p : Z := indices_p + Z.of_nat batch.
Definition size : Z := values_p + Z.of_nat batch.

(* An input: the tree's words by node, the lanes' first words by lane. *)
Record input := Input { tree : Z -> Z; first : Z -> Z }.

Definition header (at_ : Z) : Z :=
  nth (Z.to_nat at_) [Z.of_nat rounds; n_nodes; Z.of_nat batch; Z.of_nat height;
                      forest_p; indices_p; values_p] 0.
Definition image (x : input) (at_ : Z) : Z :=
  if at_ <? forest_p then header at_
  else if at_ <? indices_p then tree x (at_ - forest_p)
  else if at_ <? values_p then 0
  else first x (at_ - values_p).

(* The reference: what one lane's index and value are after some rounds. *)
Definition hash (a : Z) : Z := fold_left (fun v s => stage s v) (seq 0 stages) a.
Definition turn (x : input) (lane : Z * Z) : Z * Z :=
  let (index, value) := lane in
  let value := hash (Z.lxor value (tree x index)) in
  let index := 2 * index + if value mod 2 =? 0 then 1 else 2 in
  (if n_nodes <=? index then 0 else index, value).
Fixpoint reference (x : input) (i : Z) (count : nat) : Z * Z :=
  match count with
  | O => (0, first x i)
  | S before => turn x (reference x i before)
  end.

(* The vocabulary of certificates (docs/proof.md). [V h s] is V(i, h, s); [start] is V(i, -1, 6). *)
Fixpoint staged (s : nat) (a : Z) : Z :=
  match s with O => a | S s' => stage s' (staged s' a) end.
Fixpoint walk (x : input) (i : Z) (h : nat) : Z * Z := (* index and V(i, h-1, 6) before round h *)
  match h with
  | O => (0, first x i)
  | S h' =>
      let (index, value) := walk x i h' in
      let after := staged stages (Z.lxor value (tree x index)) in
      let next := 2 * index + 1 + Z.land after 1 in
      (if n_nodes <=? next then 0 else next, after)
  end.
Definition N (x : input) (i : Z) (h : nat) : Z := tree x (fst (walk x i h)).
Definition V (x : input) (i : Z) (h s : nat) : Z :=
  staged s (Z.lxor (snd (walk x i h)) (N x i h)).
Definition Q (x : input) (i : Z) (h : nat) : Z := Z.land (V x i h stages) 1.

(* These are the equations by which the page defines the vocabulary. *)
Lemma V_next x i h s : V x i h (S s) = stage s (V x i h s).
Proof. reflexivity. Qed.
Lemma V_round x i h : V x i (S h) 0 = Z.lxor (V x i h stages) (N x i (S h)).
Proof. unfold V, N. cbn [walk]. destruct (walk x i h). reflexivity. Qed.
Lemma V_start x i : V x i 0 0 = Z.lxor (first x i) (N x i 0).
Proof. reflexivity. Qed.
Lemma N_start x i : N x i 0 = tree x 0.
Proof. reflexivity. Qed.
Lemma index_next x i h :
  fst (walk x i (S h)) =
    let next := 2 * fst (walk x i h) + 1 + Q x i h in if n_nodes <=? next then 0 else next.
Proof. unfold Q, V, N. cbn [walk]. destruct (walk x i h). reflexivity. Qed.

(* And they are the reference's own words. *)
Lemma hash_staged a : hash a = staged stages a.
Proof.
  unfold hash. generalize stages. intros n. induction n as [|n IH]; [reflexivity|].
  rewrite seq_S, fold_left_app, IH. reflexivity.
Qed.
Lemma vocabulary x i h : walk x i h = reference x i h.
Proof.
  induction h as [|h IH]; [reflexivity|].
  cbn [walk reference]. rewrite <- IH. destruct (walk x i h) as [index value]. unfold turn.
  pose proof (hash_staged (Z.lxor value (tree x index))) as E. revert E.
  generalize (hash (Z.lxor value (tree x index))), (staged stages (Z.lxor value (tree x index))).
  intros u v ->.
  replace (2 * index + 1 + Z.land v 1) with (2 * index + if v mod 2 =? 0 then 1 else 2); auto.
  assert (Z.land v 1 = v mod 2) as -> by exact (Z.land_ones v 1 ltac:(lia)).
  pose proof (Z.mod_pos_bound v 2 ltac:(lia)).
  destruct (v mod 2 =? 0) eqn:E; [apply Z.eqb_eq in E | apply Z.eqb_neq in E]; lia.
Qed.

(* Scratch is 0 and memory the image before the program runs. *)
Definition before : claims input :=
  Claims input (fun _ => Some (fun _ => 0)) (fun at_ => Some (fun x => image x at_)).
Definition initial (x : input) : state := State (fun _ => 0) (image x).

(* If every claim of a straight-line program's certificate is valid, and what is claimed of the
   outputs is V(i, rounds-1, 6), then on every input the program runs to its end without a fault,
   one cycle a bundle, and leaves the reference's values at the outputs. *)
Theorem certificate_sound (p : program) (after : claims input) :
  (0 < rounds)%nat ->
  valid input size before p after ->
  (forall i, 0 <= i < Z.of_nat batch -> exists c, on_memory input after (values_p + i) = Some c /\
    forall x, c x = V x i (pred rounds) stages) ->
  forall x, exists final,
    steps size p (0%nat, initial x) (length p, final) /\
    forall i, 0 <= i < Z.of_nat batch ->
      memory final (values_p + i) = snd (reference x i rounds).
Proof.
  intros R Valid Out x.
  destruct (run_sound input size p before p after Valid [] (initial x) x eq_refl)
    as (final & Run & Holds).
  { split; simpl; intros at_ f E; now injection E as <-. }
  exists final. split; [exact Run|]. intros i I. destruct (Out i I) as (c & C & E).
  destruct Holds as [_ Mem]. rewrite (Mem _ _ C), E, <- vocabulary.
  destruct rounds as [|r]; [lia|]. unfold V, N. cbn [pred walk].
  destruct (walk x i r). reflexivity.
Qed.
End Problem.

Print Assumptions certificate_sound.
