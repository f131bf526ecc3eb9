         TITLE 'DIVCATCH - handles a division by zero itself'
* Puts a PSW of its own in place of the program new PSW.  The machine
* loads it when the division fails, and stores where it was into the
* program old PSW.  Low storage has key F, the program key E: DMSKEY
* changes the key for a moment.
DIVCATCH CSECT
         USING DIVCATCH,R12
         USING NUCON,0
         LR    R10,R14
         DMSKEY NUCLEUS
         MVC   CMSPSW,PGMNPSW
         MVC   PGMNPSW,MYPSW
         DMSKEY RESET
         LA    R3,100
         SR    R2,R2
         SR    R4,R4
         DR    R2,R4               interruption
         LINEDIT 'NEVER TYPED'
         B     END
*              here after the interruption: key 0, disabled
CATCH    MVC   PGMNPSW,CMSPSW      CMS handles the next one
         MVC   OLDPSW,PGMOPSW
         LPSW  GOON
*              again as a program
CAUGHT   SR    R5,R5
         IC    R5,OLDPSW+3
         L     R6,OLDPSW+4
         LA    R6,0(,R6)
         LINEDIT 'CAUGHT: CODE %1, NEXT INSTRUCTION %2',               X
               SUB=(DECR,R5,0,HEXR,R6,6)
END      SR    R15,R15
         BR    R10
         DS    0D
MYPSW    DC    X'00040000',A(CATCH)
GOON     DC    X'FFE40000',A(CAUGHT)
CMSPSW   DC    D'0'
OLDPSW   DC    D'0'
         COPY  REGEQU
         COPY  NUCON
         END   DIVCATCH
