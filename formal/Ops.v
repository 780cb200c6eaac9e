(* Generated from frozen/ops.py and frozen/problem.py by `python -m formal.generate`. *)
Require Import ZArith List.
Import ListNotations.
Open Scope Z_scope.

Definition word (x : Z) : Z := x mod 2 ^ 32.

Inductive op :=
  | alu_add
  | alu_sub
  | alu_mul
  | alu_div
  | alu_cdiv
  | alu_xor
  | alu_and
  | alu_or
  | alu_shl
  | alu_shr
  | alu_rem
  | alu_lt
  | alu_eq
  | valu_add
  | valu_sub
  | valu_mul
  | valu_div
  | valu_cdiv
  | valu_xor
  | valu_and
  | valu_or
  | valu_shl
  | valu_shr
  | valu_rem
  | valu_lt
  | valu_eq
  | valu_vbroadcast
  | valu_multiply_add
  | load_load
  | load_load_offset
  | load_vload
  | load_const
  | store_store
  | store_vstore
  | flow_select
  | flow_vselect
  | flow_add_imm
  | flow_halt
  | flow_pause
  | flow_trace_write
  | flow_cond_jump
  | flow_cond_jump_rel
  | flow_jump
  | flow_jump_indirect
  | flow_coreid
  .

Inductive kind := Dest | Src | Imm | Target.

Definition operands (o : op) : list (kind * Z) :=
  match o with
  | alu_add => [(Dest, 1); (Src, 1); (Src, 1)]
  | alu_sub => [(Dest, 1); (Src, 1); (Src, 1)]
  | alu_mul => [(Dest, 1); (Src, 1); (Src, 1)]
  | alu_div => [(Dest, 1); (Src, 1); (Src, 1)]
  | alu_cdiv => [(Dest, 1); (Src, 1); (Src, 1)]
  | alu_xor => [(Dest, 1); (Src, 1); (Src, 1)]
  | alu_and => [(Dest, 1); (Src, 1); (Src, 1)]
  | alu_or => [(Dest, 1); (Src, 1); (Src, 1)]
  | alu_shl => [(Dest, 1); (Src, 1); (Src, 1)]
  | alu_shr => [(Dest, 1); (Src, 1); (Src, 1)]
  | alu_rem => [(Dest, 1); (Src, 1); (Src, 1)]
  | alu_lt => [(Dest, 1); (Src, 1); (Src, 1)]
  | alu_eq => [(Dest, 1); (Src, 1); (Src, 1)]
  | valu_add => [(Dest, 8); (Src, 8); (Src, 8)]
  | valu_sub => [(Dest, 8); (Src, 8); (Src, 8)]
  | valu_mul => [(Dest, 8); (Src, 8); (Src, 8)]
  | valu_div => [(Dest, 8); (Src, 8); (Src, 8)]
  | valu_cdiv => [(Dest, 8); (Src, 8); (Src, 8)]
  | valu_xor => [(Dest, 8); (Src, 8); (Src, 8)]
  | valu_and => [(Dest, 8); (Src, 8); (Src, 8)]
  | valu_or => [(Dest, 8); (Src, 8); (Src, 8)]
  | valu_shl => [(Dest, 8); (Src, 8); (Src, 8)]
  | valu_shr => [(Dest, 8); (Src, 8); (Src, 8)]
  | valu_rem => [(Dest, 8); (Src, 8); (Src, 8)]
  | valu_lt => [(Dest, 8); (Src, 8); (Src, 8)]
  | valu_eq => [(Dest, 8); (Src, 8); (Src, 8)]
  | valu_vbroadcast => [(Dest, 8); (Src, 1)]
  | valu_multiply_add => [(Dest, 8); (Src, 8); (Src, 8); (Src, 8)]
  | load_load => [(Dest, 1); (Src, 1)]
  | load_load_offset => [(Dest, 1); (Src, 1); (Imm, 0)]
  | load_vload => [(Dest, 8); (Src, 1)]
  | load_const => [(Dest, 1); (Imm, 0)]
  | store_store => [(Src, 1); (Src, 1)]
  | store_vstore => [(Src, 1); (Src, 8)]
  | flow_select => [(Dest, 1); (Src, 1); (Src, 1); (Src, 1)]
  | flow_vselect => [(Dest, 8); (Src, 8); (Src, 8); (Src, 8)]
  | flow_add_imm => [(Dest, 1); (Src, 1); (Imm, 0)]
  | flow_halt => []
  | flow_pause => []
  | flow_trace_write => [(Src, 1)]
  | flow_cond_jump => [(Src, 1); (Target, 0)]
  | flow_cond_jump_rel => [(Src, 1); (Imm, 0)]
  | flow_jump => [(Target, 0)]
  | flow_jump_indirect => [(Src, 1)]
  | flow_coreid => [(Dest, 1)]
  end.

(* The last operand is added to each scratch address. *)
Definition displaced (o : op) : bool :=
  match o with
  | load_load_offset => true
  | _ => false
  end.

(* The second operand must not be 0. *)
Definition divides (o : op) : bool :=
  match o with
  | alu_div => true
  | alu_cdiv => true
  | alu_rem => true
  | valu_div => true
  | valu_cdiv => true
  | valu_rem => true
  | _ => false
  end.

Inductive effect :=
  | Compute (value : list Z -> Z) (* of the words of its sources and its immediates *)
  | Load
  | Store
  | Elsewhere (* the program counter or the trace *)
  | Nothing.

Definition effect_of (o : op) : effect :=
  match o with
  | alu_add => Compute (fun l => match l with [a; b] => (Z.add a b) | _ => 0 end)
  | alu_sub => Compute (fun l => match l with [a; b] => (Z.sub a b) | _ => 0 end)
  | alu_mul => Compute (fun l => match l with [a; b] => (Z.mul a b) | _ => 0 end)
  | alu_div => Compute (fun l => match l with [a; b] => (Z.div a b) | _ => 0 end)
  | alu_cdiv => Compute (fun l => match l with [a; b] => (Z.opp (Z.div (Z.opp a) b)) | _ => 0 end)
  | alu_xor => Compute (fun l => match l with [a; b] => (Z.lxor a b) | _ => 0 end)
  | alu_and => Compute (fun l => match l with [a; b] => (Z.land a b) | _ => 0 end)
  | alu_or => Compute (fun l => match l with [a; b] => (Z.lor a b) | _ => 0 end)
  | alu_shl => Compute (fun l => match l with [a; b] => (if (Z.ltb b 32) then (Z.shiftl a b) else 0) | _ => 0 end)
  | alu_shr => Compute (fun l => match l with [a; b] => (Z.shiftr a b) | _ => 0 end)
  | alu_rem => Compute (fun l => match l with [a; b] => (Z.modulo a b) | _ => 0 end)
  | alu_lt => Compute (fun l => match l with [a; b] => (Z.b2z (Z.ltb a b)) | _ => 0 end)
  | alu_eq => Compute (fun l => match l with [a; b] => (Z.b2z (Z.eqb a b)) | _ => 0 end)
  | valu_add => Compute (fun l => match l with [a; b] => (Z.add a b) | _ => 0 end)
  | valu_sub => Compute (fun l => match l with [a; b] => (Z.sub a b) | _ => 0 end)
  | valu_mul => Compute (fun l => match l with [a; b] => (Z.mul a b) | _ => 0 end)
  | valu_div => Compute (fun l => match l with [a; b] => (Z.div a b) | _ => 0 end)
  | valu_cdiv => Compute (fun l => match l with [a; b] => (Z.opp (Z.div (Z.opp a) b)) | _ => 0 end)
  | valu_xor => Compute (fun l => match l with [a; b] => (Z.lxor a b) | _ => 0 end)
  | valu_and => Compute (fun l => match l with [a; b] => (Z.land a b) | _ => 0 end)
  | valu_or => Compute (fun l => match l with [a; b] => (Z.lor a b) | _ => 0 end)
  | valu_shl => Compute (fun l => match l with [a; b] => (if (Z.ltb b 32) then (Z.shiftl a b) else 0) | _ => 0 end)
  | valu_shr => Compute (fun l => match l with [a; b] => (Z.shiftr a b) | _ => 0 end)
  | valu_rem => Compute (fun l => match l with [a; b] => (Z.modulo a b) | _ => 0 end)
  | valu_lt => Compute (fun l => match l with [a; b] => (Z.b2z (Z.ltb a b)) | _ => 0 end)
  | valu_eq => Compute (fun l => match l with [a; b] => (Z.b2z (Z.eqb a b)) | _ => 0 end)
  | valu_vbroadcast => Compute (fun l => match l with [src] => src | _ => 0 end)
  | valu_multiply_add => Compute (fun l => match l with [a; b; c] => (Z.add (Z.mul a b) c) | _ => 0 end)
  | load_load => Load
  | load_load_offset => Load
  | load_vload => Load
  | load_const => Compute (fun l => match l with [value] => value | _ => 0 end)
  | store_store => Store
  | store_vstore => Store
  | flow_select => Compute (fun l => match l with [cond; a; b] => (if (negb (Z.eqb cond 0)) then a else b) | _ => 0 end)
  | flow_vselect => Compute (fun l => match l with [cond; a; b] => (if (negb (Z.eqb cond 0)) then a else b) | _ => 0 end)
  | flow_add_imm => Compute (fun l => match l with [a; imm] => (Z.add a imm) | _ => 0 end)
  | flow_halt => Elsewhere
  | flow_pause => Nothing
  | flow_trace_write => Elsewhere
  | flow_cond_jump => Elsewhere
  | flow_cond_jump_rel => Elsewhere
  | flow_jump => Elsewhere
  | flow_jump_indirect => Elsewhere
  | flow_coreid => Compute (fun l => match l with [] => 0 | _ => 0 end)
  end.

Definition stages : nat := 6%nat.

Definition stage (number : nat) (a : Z) : Z :=
  match number with
  | 0%nat => word (Z.add (word (Z.add a 2127912214)) (word (Z.shiftl a 12)))
  | 1%nat => word (Z.lxor (word (Z.lxor a 3345072700)) (word (Z.shiftr a 19)))
  | 2%nat => word (Z.add (word (Z.add a 374761393)) (word (Z.shiftl a 5)))
  | 3%nat => word (Z.lxor (word (Z.add a 3550635116)) (word (Z.shiftl a 9)))
  | 4%nat => word (Z.add (word (Z.add a 4251993797)) (word (Z.shiftl a 3)))
  | 5%nat => word (Z.lxor (word (Z.lxor a 3042594569)) (word (Z.shiftr a 16)))
  | _ => a
  end.
