         TITLE 'COPYIT - copies fn ft A to fn COPY A, record by record'
COPYIT   CSECT
         BALR  12,0
         USING *,12
         LR    11,14
         MVC   IN+8(16),8(1)
         MVC   OUT+8(8),8(1)
LOOP     LA    1,IN
         SVC   202
         DC    AL4(EOF)
         L     0,IN+40
         ST    0,OUT+32
         LA    1,OUT
         SVC   202
         DC    AL4(BAD)
         B     LOOP
EOF      CH    15,=H'12'           end of file
         BNE   BAD
         LA    1,SHUT
         SVC   202
         DC    AL4(BAD)
         SR    15,15
BAD      LR    14,11
         BR    14
         LTORG
         DS    0D
IN       DC    CL8'RDBUF',CL8' ',CL8' ',CL2'A1',H'0',A(BUFFER)
         DC    F'256',CL1'V',X'00',H'1',F'0'
         DS    0D
OUT      DC    CL8'WRBUF',CL8' ',CL8'COPY',CL2'A1',H'0',A(BUFFER)
         DC    F'0',CL1'V',X'00',H'1',F'0'
SHUT     DC    CL8'FINIS',CL8'*',CL8'*',CL8'*',8X'FF'
BUFFER   DS    CL256
         END   COPYIT
