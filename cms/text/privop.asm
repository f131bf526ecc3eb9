         TITLE 'PRIVOP - a privileged instruction in both states'
* Programs of CMS run in supervisor state: STORE CPU ID is done.  Then
* the program puts itself into problem state, and the same instruction
* is a privileged operation: CMS ends the program.
PRIVOP   CSECT
         USING PRIVOP,R12
         LR    R10,R14
         STIDP CPUID
         LINEDIT 'SUPERVISOR STATE: CPU ID %1',SUB=(HEX,CPUID,8)
         LPSW  PROBLEM
NOW      LINEDIT 'PROBLEM STATE: THE SAME AGAIN'
         STIDP CPUID
         LINEDIT 'NEVER TYPED'
         SR    R15,R15
         BR    R10
         DS    0D
PROBLEM  DC    X'FFE50000',A(NOW)
CPUID    DC    D'0'
         COPY  REGEQU
         END   PRIVOP
