         TITLE 'ADDUP - adds numbers'
*---------------------------------------------------------------------
* ADDUP    n n n ...    types the sum of its arguments
*          R15 = 0; 4 no arguments, 8 one is not a number of 1 to 8 digits
*          Entry: R1 -> tokens of 8 bytes: name, arguments, X'FF'
*---------------------------------------------------------------------
ADDUP    CSECT
         USING ADDUP,R12           R12 = R15 = entry point
         ENTRY TOTAL
         LR    R10,R14
         LR    R9,R1
         SR    R8,R8               R8 = sum
         LA    R15,4
         CLI   8(R9),X'FF'
         BE    DONE
NEXT     LA    R9,8(,R9)
         CLI   0(R9),X'FF'
         BE    SHOW
         LR    R3,R9               R3 = character
         LA    R4,8                R4 = how many may follow
DIGIT    CLI   0(R3),C' '
         BE    NUMBER
         CLI   0(R3),C'0'
         BL    BAD
         CLI   0(R3),C'9'
         BH    BAD
         LA    R3,1(,R3)
         BCT   R4,DIGIT
NUMBER   SR    R3,R9               R3 = digits
         BNP   BAD
         BCTR  R3,0
         EX    R3,PACKIT
         CVB   R3,DOUBLE
         AR    R8,R3
         B     NEXT
PACKIT   PACK  DOUBLE,0(0,R9)
BAD      LINEDIT 'NOT A NUMBER: %1',SUB=(CHAR,0(,R9),8)
         LA    R15,8
         B     DONE
SHOW     ST    R8,TOTAL
         LINEDIT 'THE SUM IS %1',SUB=(DECR,R8,0)
         SR    R15,R15
DONE     LR    R14,R10
         BR    R14
DOUBLE   DS    D
TOTAL    DS    F
         COPY  REGEQU
         END   ADDUP
