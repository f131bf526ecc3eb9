         TITLE 'HELLO - types a line and its arguments'
* Entry: R1 -> tokens of 8 bytes: entry operand, arguments, X'FF'.
* The return code is the number of arguments.
HELLO    CSECT
         USING HELLO,R12           R12 = R15 = entry point
         LR    R10,R14
         LR    R9,R1
         SR    R8,R8               R8 = how many
         LINEDIT 'HELLO, WORLD'
         CLI   0(R9),X'FF'
         BE    DONE
NEXT     LA    R9,8(,R9)
         CLI   0(R9),X'FF'
         BE    DONE
         LA    R8,1(,R8)
         LINEDIT 'ARGUMENT %1: %2',SUB=(DECR,R8,0,CHAR,0(,R9),8)
         B     NEXT
DONE     LR    R15,R8
         BR    R10
         COPY  REGEQU
         END   HELLO
