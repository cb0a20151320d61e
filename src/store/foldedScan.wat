;; The inner loops of a search: they look at 16 bytes at a time, which neither the engine's expressions nor a loop of ours can,
;; and are as fast in the first search as in the tenth. `npm run build:wasm` makes foldedScan.wasm.ts of it.
;;
;; A way to look for texts that begin alike, in the memory, all numbers little-endian:
;;
;;      0  where in the common beginning its first probe lies, 4 bytes
;;      4  where its second probe lies, 4 bytes
;;      8  length of the common beginning, 4 bytes, at least 1
;;     12  byte of the first probe, its mask, byte of the second probe, its mask
;;     16  the texts, each: its length (4 bytes), its bytes, their masks; then a length of 0
;;
;; A byte of the memory is equal to one of a text when it is so after `or mask`: 0x20 for a small letter, else 0.
(module
  (memory (export "memory") 1)

  ;; The first place in [from, end) where a text of the way begins; -1 for none. Up to 16 bytes behind `end` are looked at,
  ;; and what is found there is left out.
  (func $find (param $from i32) (param $end i32) (param $way i32) (result i32)
    (local $last i32) (local $hits i32) (local $at i32) (local $text i32) (local $length i32) (local $index i32)
    (local $first v128) (local $firstMask v128) (local $second v128) (local $secondMask v128)
    (local.set $last (i32.sub (local.get $end) (i32.load offset=8 align=1 (local.get $way))))
    (local.set $first (v128.load8_splat offset=12 (local.get $way)))
    (local.set $firstMask (v128.load8_splat offset=13 (local.get $way)))
    (local.set $second (v128.load8_splat offset=14 (local.get $way)))
    (local.set $secondMask (v128.load8_splat offset=15 (local.get $way)))
    (loop $window
      (if (i32.gt_s (local.get $from) (local.get $last)) (then (return (i32.const -1))))
      ;; A bit for each of 16 places at which a text could begin: both probes are there.
      (local.set $hits
        (i8x16.bitmask
          (v128.and
            (i8x16.eq
              (v128.or
                (v128.load align=1 (i32.add (local.get $from) (i32.load align=1 (local.get $way))))
                (local.get $firstMask))
              (local.get $first))
            (i8x16.eq
              (v128.or
                (v128.load align=1 (i32.add (local.get $from) (i32.load offset=4 align=1 (local.get $way))))
                (local.get $secondMask))
              (local.get $second)))))
      (block $noneHere
        (loop $hit
          (br_if $noneHere (i32.eqz (local.get $hits)))
          (local.set $at (i32.add (local.get $from) (i32.ctz (local.get $hits))))
          (if (i32.gt_s (local.get $at) (local.get $last)) (then (return (i32.const -1))))
          (local.set $hits (i32.and (local.get $hits) (i32.sub (local.get $hits) (i32.const 1))))
          (local.set $text (i32.add (local.get $way) (i32.const 16)))
          (loop $eachText
            (local.set $length (i32.load align=1 (local.get $text)))
            (if (local.get $length)
              (then
                (block $other
                  (br_if $other (i32.gt_s (i32.add (local.get $at) (local.get $length)) (local.get $end)))
                  (local.set $index (i32.const 0))
                  (loop $eachByte
                    (if (i32.eq (local.get $index) (local.get $length)) (then (return (local.get $at))))
                    (br_if $other
                      (i32.ne
                        (i32.or
                          (i32.load8_u (i32.add (local.get $at) (local.get $index)))
                          (i32.load8_u offset=4
                            (i32.add (i32.add (local.get $text) (local.get $index)) (local.get $length))))
                        (i32.load8_u offset=4 (i32.add (local.get $text) (local.get $index)))))
                    (local.set $index (i32.add (local.get $index) (i32.const 1)))
                    (br $eachByte)))
                (local.set $text
                  (i32.add
                    (i32.add (local.get $text) (i32.const 4))
                    (i32.add (local.get $length) (local.get $length))))
                (br $eachText))))
          (br $hit)))
      (local.set $from (i32.add (local.get $from) (i32.const 16)))
      (br $window))
    (i32.const -1))

  ;; Writes 1 to the marks of the lines in which `find` finds something. Line i is lengths[i] bytes (32 bits each) from
  ;; start + offsets[i] - offsets[0] (floats of 64 bits) on; between two lines may be what is in none.
  (func (export "mark")
    (param $start i32) (param $end i32) (param $way i32) (param $offsets i32) (param $lengths i32) (param $marks i32)
    (param $n i32)
    (local $from i32) (local $at i32) (local $line i32) (local $lineEnd i32)
    (local.set $from (local.get $start))
    (loop $eachHit
      (local.set $at (call $find (local.get $from) (local.get $end) (local.get $way)))
      (if (i32.eq (local.get $at) (i32.const -1)) (then (return)))
      ;; On to the line in which it lies.
      (block $there
        (loop $eachLine
          (br_if $there (i32.eqz (i32.lt_s (i32.add (local.get $line) (i32.const 1)) (local.get $n))))
          (br_if $there
            (i32.gt_s
              (call $startOf
                (i32.add (local.get $line) (i32.const 1)) (local.get $start) (local.get $offsets))
              (local.get $at)))
          (local.set $line (i32.add (local.get $line) (i32.const 1)))
          (br $eachLine)))
      (local.set $lineEnd
        (i32.add
          (call $startOf (local.get $line) (local.get $start) (local.get $offsets))
          (i32.load align=1 (i32.add (local.get $lengths) (i32.shl (local.get $line) (i32.const 2))))))
      (local.set $from (i32.add (local.get $at) (i32.const 1)))
      (if (i32.lt_s (local.get $at) (local.get $lineEnd))
        (then
          (i32.store8 (i32.add (local.get $marks) (local.get $line)) (i32.const 1))
          ;; Once is enough.
          (local.set $from (local.get $lineEnd))))
      (br $eachHit)))

  (func $startOf (param $line i32) (param $start i32) (param $offsets i32) (result i32)
    (i32.add
      (local.get $start)
      (i32.trunc_sat_f64_s
        (f64.sub
          (f64.load align=1 (i32.add (local.get $offsets) (i32.shl (local.get $line) (i32.const 3))))
          (f64.load align=1 (local.get $offsets)))))))
