         TITLE 'DIVZERO - divides by zero'
* Nobody handles the interruption but CMS, which ends the program:
* FIXED-POINT DIVIDE EXCEPTION, Ready(00256).
DIVZERO  CSECT
         USING DIVZERO,R12
         LR    R10,R14
         LINEDIT 'DIVIDING BY ZERO NOW'
         LA    R3,100
         SR    R2,R2               R2, R3 = 100
         SR    R4,R4
         DR    R2,R4
         LINEDIT 'NEVER TYPED'
         SR    R15,R15
         BR    R10
         COPY  REGEQU
         END   DIVZERO
