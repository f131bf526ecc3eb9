         TITLE 'TRAPSTORY - one guest, every kind of trap'
*---------------------------------------------------------------------
* A guest that is its own operating system: it is loaded from the card
* reader (IPL 00C), sets up its new PSWs, and does one thing of each
* kind, so that TRACE TRAPS shows what CP does with it.
*
*   supervisor state   STIDP           privileged: CP simulates it
*                      SIO             I/O: CP runs the channel program
*                      DIAGNOSE 58     hypercall: the same in one trap
*                      LPSW            into problem state
*   problem state      DR              division by zero: reflected
*                      SSM             privileged: reflected
*                      DIAGNOSE 58     reflected too
*                      SVC 1           the way back
*---------------------------------------------------------------------
TRAPST   START X'1000'
         BALR  12,0
         USING *,12
         MVC   X'58'(8),EXTNEW     external: not expected
         MVC   X'60'(8),SVCNEW     SVC
         MVC   X'68'(8),PGMNEW     program
         MVC   X'78'(8),IONEW      I/O
*
         STIDP CPUID               a privileged instruction
*
         LA    1,HELLO             write a line: the pure way
         ST    1,X'48'             CAW
         SIO   X'009'
         LPSW  IOWAIT              wait for the interruption
IODONE   DS    0H
         LA    1,HYPER             write a line: the impure way
         LA    2,X'009'
         DIAG  1,2,X'58'
*
         LPSW  PROBLEM             go to problem state
*        ------------------------- problem state
USERPGM  SR    4,4
         LA    5,7
         SR    6,6
         DR    4,6                 7 / 0
         SSM   ALLOFF              a privileged instruction
         DIAG  1,2,X'58'           not in problem state
         SVC   1                   back to supervisor state
*        ------------------------- supervisor state
GOODBYE  LPSW  FINISH              nothing more: a disabled wait
*
*        The guest's own handlers.  The old PSW shows what happened;
*        this operating system notes the code and goes on behind it.
*
PROGRAM  MVC   LASTCODE,X'2A'      interruption code of the old PSW
         LPSW  X'28'               program old PSW: go on
SVC      B     GOODBYE
IO       LPSW  IOOLD
*
         DS    0D
EXTNEW   DC    X'00020000',A(X'EEE')
SVCNEW   DC    X'00000000',A(SVC)
PGMNEW   DC    X'00000000',A(PROGRAM)
IONEW    DC    X'00000000',A(IO)
IOWAIT   DC    X'80020000',A(IODONE)   channel 0 enabled, wait
IOOLD    DC    X'00000000',A(IODONE)
PROBLEM  DC    X'00010000',A(USERPGM)  problem state, disabled
FINISH   DC    X'00020000',A(X'F00')
HELLO    DC    X'09',AL3(LINE1),X'20',X'00',AL2(L'LINE1)
HYPER    DC    X'19',AL3(LINE2),X'20',X'00',AL2(L'LINE2)
CPUID    DS    D
LASTCODE DS    H
ALLOFF   DC    X'00'
LINE1    DC    C'WRITTEN BY SIO AND AN INTERRUPTION'
LINE2    DC    C'WRITTEN BY ONE DIAGNOSE'
         END   TRAPST
