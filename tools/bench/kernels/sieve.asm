* Eratosthenes: primes among the odd numbers from 3 on, one byte for each of 8190.
         COPY  HEAD
         BALR  12,0
         USING *,12
         L     15,COUNT
         L     11,FLAGS
         L     8,SIZE
REPEAT   LR    2,11
         LR    5,8
SET      MVI   0(2),1
         LA    2,1(2)
         BCT   5,SET
         SR    6,6                      number of primes
         SR    7,7                      index
SCAN     LA    9,0(7,11)
         CLI   0(9),0
         BE    NEXT
         LA    6,1(6)
         LR    10,7                     prime = 2 * index + 3
         AR    10,7
         LA    10,3(10)
         LR    1,7
         AR    1,10
STRIKE   CR    1,8
         BNL   NEXT
         LA    9,0(1,11)
         MVI   0(9),0
         AR    1,10
         B     STRIKE
NEXT     LA    7,1(7)
         CR    7,8
         BL    SCAN
         BCT   15,REPEAT
         ST    6,RESULT
         ST    10,RESULT+4              the largest prime
         LPSW  END
FLAGS    DC    A(X'8000')
SIZE     DC    F'8190'
         END   KERNEL
